import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

function onPath(environment: NodeJS.ProcessEnv): string | undefined {
  const folders = (environment.PATH ?? '').split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((file) => existsSync(file));
}

/** True where Debian's packages can be installed without asking anybody. */
const canInstall = () => existsSync('/etc/debian_version') && process.getuid?.() === 0;

/**
 * A Chromium for the tests of the GraphiQL page: the one that is named, the one on PATH, or Debian's package.
 *
 * @throws Error naming the remedy when there is none.
 */
export function findOrInstallChromium(chromiumPath: string | undefined, environment: NodeJS.ProcessEnv): string {
  const found = chromiumPath ?? onPath(environment);
  if (found) return found;
  if (canInstall()) {
    const script = 'apt-get -qq update && apt-get -qq -y --no-install-recommends install chromium';
    spawnSync('sh', ['-c', script], {
      stdio: ['ignore', 2, 2],
      env: { ...environment, DEBIAN_FRONTEND: 'noninteractive' },
    });
    const installed = onPath(environment);
    if (installed) return installed;
  }
  throw new Error(
    `The tests of the GraphiQL page need Chromium: install it, or set CHROMIUM_PATH (looked on PATH from ${homedir()}).`,
  );
}
