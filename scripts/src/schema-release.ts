import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './paths.ts';

// `npm run schema:release`: makes the graph at hand the released one, which `npm run schema:check` compares with.
const release = join(root, 'schema', 'src', 'release', 'main.ts');
const { status } = spawnSync(process.execPath, [release, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(status ?? 1);
