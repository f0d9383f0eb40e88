import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.ts';
import { readEnvironment } from './standalone/config.ts';
import { stopRequest } from './stop-request.ts';

// `npm run gateway`: the gateway alone, over any supergraph: SUPERGRAPH_PATH, PORT and, without accounts,
// GATEWAY_AUTH=off. See gateway/README.md for the rest.
const environment = readEnvironment();
const child = spawn(process.execPath, [join(root, 'gateway', 'src', 'main.ts')], {
  env: { LOG_FORMAT: 'pretty', ...environment },
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
});

/** The page at `/`, where it was never built. The gateway doesn't wait for it, and says so there until it is. */
async function buildExplorer(): Promise<void> {
  if (existsSync(join(root, 'packages', 'explorer', 'dist', 'index.html'))) return;
  const explorer = await import('./stack/explorer-build.ts');
  await explorer.buildExplorer(environment);
}

child.on('message', (message: { readonly type?: string }) => {
  process.send?.(message);
  if (message.type !== 'ready') return;
  buildExplorer().catch((error: unknown) => process.stderr.write(`The explorer could not be built: ${error}\n`));
});
child.on('exit', (code) => process.exit(code ?? 1));
await stopRequest();
child.kill('SIGTERM');
