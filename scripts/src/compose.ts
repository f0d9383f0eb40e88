import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './paths.ts';

// `npm run compose`: composes schema/supergraph.graphql from the subgraphs' SDL; `-- --check` only compares.
const { status } = spawnSync(process.execPath, [join(root, 'schema', 'src', 'main.ts'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
