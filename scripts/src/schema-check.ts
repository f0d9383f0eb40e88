import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './paths.ts';

// `npm run schema:check`: composes the SDL, compares it with the release, checks client operations, lints; as Markdown.
// `-- --report FILE` writes the report to a file too.
const check = join(root, 'schema', 'src', 'check', 'main.ts');
const { status } = spawnSync(process.execPath, [check, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(status ?? 1);
