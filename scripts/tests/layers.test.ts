import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { subgraphs } from '@postbook/schema';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** Imports of values in a file: types alone bind nothing at run time. */
const importsOf = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(/^import (?!type )[^;]*? from '([^']+)'/gm)].map((match) => match[1] ?? '');

const sourcesOf = (folder: string) =>
  globSync(join(root, folder, 'src', '**', '*.ts')).filter((file) => !/\.test\.ts$|generated/.test(file));

// What the linter's import rules can't say: who may import whom by role, and which part of db is whose.
describe.each(subgraphs.map(({ name, folder }) => [name, folder] as const))('the layers of %s', (name, folder) => {
  const sources = sourcesOf(folder);
  const offenders = (role: RegExp, isForbidden: (imported: string) => boolean) =>
    sources.filter((file) => role.test(basename(file)) && importsOf(file).some(isForbidden));

  it('has sources to look at', () => {
    expect(sources.length).toBeGreaterThan(20);
  });

  it('keep resolvers away from repositories and stores', () => {
    expect(offenders(/-resolvers\.ts$/, (from) => /-repository\.ts$|^@postbook\/db/.test(from))).toEqual([]);
  });

  it('keep repositories away from services and resolvers', () => {
    expect(offenders(/-repository\.ts$/, (from) => /-(service|resolvers)\.ts$/.test(from))).toEqual([]);
  });

  it('keep policies pure: no store, no service, no kit but its types and errors', () => {
    expect(offenders(/-policy\.ts$/, (from) => /-(repository|service|resolvers|loaders)\.ts$/.test(from))).toEqual([]);
  });

  it('use their own part of db and nobody else’s', () => {
    const own = `@postbook/db/${name}`;
    expect(offenders(/./, (from) => from.startsWith('@postbook/db') && from !== own)).toEqual([]);
  });

  it('have the skeleton that all have', () => {
    const files = sources.map((file) => file.slice(join(root, folder, 'src').length + 1));
    expect(files).toEqual(
      expect.arrayContaining([
        'main.ts',
        'server.ts',
        'config.ts',
        'context.ts',
        'resolvers.ts',
        'mappers.ts',
        'services.ts',
      ]),
    );
  });
});
