#!/usr/bin/env node
import { cpSync, globSync, rmSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { COMMON_SDL, sdlFiles } from '@postbook/service-kit';
import { build } from 'esbuild';

// `postbook-build`, run by a service's `build` script: bundles src/main.ts and everything it needs into dist/main.js (or another folder), for
// images without the workspace. Only packages with native parts or worker files of their own stay outside; an image
// installs those (see docs/operations.md).
const folder = process.cwd();
const source = join(folder, 'src');
const output = join(folder, process.argv[2] ?? 'dist');
rmSync(output, { recursive: true, force: true });
await build({
  // Worker threads start from files of their own, beside the bundle.
  entryPoints: [join(source, 'main.ts'), ...globSync(join(source, '**/*-worker.ts'))],
  outdir: output,
  entryNames: '[name]',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  sourcemap: true,
  logLevel: 'warning',
  external: ['argon2', 'pino-pretty', 'sharp'],
  // CommonJS packages inside an ES module still call require.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
// What is read at start lies beside the code that is running, which is the bundle alone: the SDL keeps its folders, data
// files of any module are found by name.
for (const file of sdlFiles(source)) cpSync(file, join(output, relative(source, file)));
for (const file of [COMMON_SDL, ...globSync(join(source, '**/*.txt'))]) cpSync(file, join(output, basename(file)));
process.stdout.write(`build: wrote ${relative(folder, join(output, 'main.js'))}\n`);
