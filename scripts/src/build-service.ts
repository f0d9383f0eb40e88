#!/usr/bin/env node
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sdlFiles } from '@postbook/service-kit';
import { build } from 'esbuild';

// `postbook-build`, run by a service's `build` script: bundles src/main.ts and what it shares into dist/main.js, for
// images without the workspace. Packages from npm stay outside: some have native parts.
const folder = process.cwd();
const source = join(folder, 'src');
const output = join(folder, 'dist');
rmSync(output, { recursive: true, force: true });
await build({
  entryPoints: [join(source, 'main.ts')],
  outfile: join(output, 'main.js'),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  sourcemap: true,
  logLevel: 'warning',
  plugins: [
    {
      name: 'npm packages stay outside',
      setup: ({ onResolve }) => {
        onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
          kind === 'entry-point' || path.startsWith('@postbook/') ? undefined : { path, external: true },
        );
      },
    },
  ],
});
// The SDL is read at start, beside the code that is running.
for (const file of sdlFiles(source)) cpSync(file, join(output, file.slice(source.length)));
process.stdout.write('build: wrote dist/main.js\n');
