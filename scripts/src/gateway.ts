import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { loadCommandConfig } from './config.ts';
import { root } from './paths.ts';
import { buildExplorer } from './stack/explorer-build.ts';
import { stopRequest } from './stop-request.ts';

// `npm run gateway`: the gateway alone, over any supergraph: SUPERGRAPH_PATH, PORT and, without accounts,
// GATEWAY_AUTH=off. See gateway/README.md for the rest.
const { environment } = loadCommandConfig();
await buildExplorer(environment);
const child = spawn(process.execPath, [join(root, 'gateway', 'src', 'main.ts')], {
  env: { LOG_FORMAT: 'pretty', ...environment },
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
});
child.on('message', (message) => process.send?.(message));
child.on('exit', (code) => process.exit(code ?? 1));
await stopRequest();
child.kill('SIGTERM');
