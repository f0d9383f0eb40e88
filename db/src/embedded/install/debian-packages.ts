import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findProgram, runTool } from '../find-program.ts';

/** Which archive to take packages from. */
export type DebianSource =
  /** The suites this machine is set up for; dependencies that are installed already are not fetched again. */
  | { readonly kind: 'host' }
  /** Another suite of Debian, complete down to libc, so that nothing of this machine is needed. */
  | { readonly kind: 'suite'; readonly suite: string; readonly mirror: string | undefined };

/** What to unpack. */
export interface DebianRequest {
  readonly source: DebianSource;
  readonly packages: readonly string[];
  /** Where the packages' files go, as a tree of its own. */
  readonly root: string;
  /** Scratch space, removed afterwards. */
  readonly workDir: string;
  readonly path: string;
}

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Why packages cannot be fetched on this machine, in words; undefined when they can. */
export function whyNoDebianPackages(searchPath: string): string | undefined {
  if (process.platform !== 'linux') return `this is ${process.platform}, not a Debian-like Linux`;
  const missing = ['apt-get', 'dpkg-deb'].filter((tool) => !findProgram([tool], searchPath));
  return missing.length > 0 ? `${missing.join(' and ')} not found on PATH, so this is no Debian-like Linux` : undefined;
}

/**
 * Downloads packages with all they depend on, verified by apt, and unpacks them. Uses apt's folders of its own, so
 * it needs no root and leaves the machine's package state alone; nothing is installed and no package script runs.
 * @returns package name → version of what was unpacked.
 * @throws Error when apt cannot reach or verify the archive.
 */
export async function unpackDebianPackages(request: DebianRequest): Promise<Record<string, string>> {
  const { workDir } = request;
  await mkdir(path.join(workDir, 'lists/partial'), { recursive: true });
  await mkdir(path.join(workDir, 'cache/archives/partial'), { recursive: true });
  const apt = await aptOptions(request);
  try {
    await runTool('apt-get', [...apt, 'update'], { env: { PATH: toolPath(request.path) } });
    await runTool('apt-get', [...apt, 'install', '--download-only', '--reinstall', '--yes', ...request.packages], {
      env: { PATH: toolPath(request.path) },
    });
    return await unpackAll(path.join(workDir, 'cache/archives'), request.root);
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

async function aptOptions({ source, workDir }: DebianRequest): Promise<string[]> {
  const options = [
    `Dir::State=${workDir}`,
    `Dir::State::lists=${workDir}/lists`,
    `Dir::Cache=${workDir}/cache`,
    'Dir::Etc::preferencesparts=/dev/null',
    // The sandbox user could not write below a private folder.
    'APT::Sandbox::User=',
    'APT::Install-Recommends=false',
    'Acquire::Languages=none',
    'Acquire::Retries=3',
    // Snapshots and testing suites may be past the date in their Release file; signatures are checked all the same.
    'Acquire::Check-Valid-Until=false',
    'Debug::NoLocking=1',
  ];
  if (source.kind === 'host') {
    options.push('Dir::State::status=/var/lib/dpkg/status');
  } else {
    const list = path.join(workDir, 'sources.list');
    await writeFile(list, `deb [signed-by=${KEYRING}] ${await archiveAddress(source.mirror)} ${source.suite} main\n`);
    await writeFile(path.join(workDir, 'status'), '');
    options.push(`Dir::State::status=${workDir}/status`, `Dir::Etc::sourcelist=${list}`);
    options.push('Dir::Etc::sourceparts=/dev/null');
  }
  return ['-q', ...options.flatMap((option) => ['-o', option])];
}

/** The Debian archive this machine is set up with, or the one the environment names. */
async function archiveAddress(mirror: string | undefined): Promise<string> {
  if (!existsSync(KEYRING)) throw new Error(`${KEYRING} is missing: install the package debian-archive-keyring`);
  if (mirror) return mirror;
  const targets = await runTool('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages']);
  const isDebian = /^ID=debian$/m.test(await readFile('/etc/os-release', 'utf8').catch(() => ''));
  const address = targets.split('\n').find((uri) => uri !== '' && !/security|backports/.test(uri));
  if (isDebian && address) return address;
  throw new Error('no Debian archive is configured here: set POSTBOOK_DEBIAN_MIRROR to one');
}

async function unpackAll(archives: string, root: string): Promise<Record<string, string>> {
  await mkdir(root, { recursive: true });
  const files = (await readdir(archives)).filter((file) => file.endsWith('.deb')).sort();
  const versions: Record<string, string> = {};
  const queue = [...files];
  const worker = async (): Promise<void> => {
    for (let file = queue.shift(); file; file = queue.shift()) {
      await runTool('dpkg-deb', ['-x', path.join(archives, file), root]);
      const [name = file, version = ''] = file.split('_');
      versions[name] = decodeURIComponent(version);
    }
  };
  await Promise.all([worker(), worker()]);
  return Object.fromEntries(Object.entries(versions).sort());
}

/** apt needs the administrator's folders even when the caller's PATH has none. */
function toolPath(searchPath: string): string {
  return `${searchPath}:/usr/sbin:/usr/bin:/sbin:/bin`;
}
