import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Reporter } from '../progress.ts';
import type { EmbeddedConfig } from '../types.ts';
import { unpackDebianPackages } from './debian-packages.ts';
import { installOnce } from './install-once.ts';
import { libraryFolder } from './multiarch.ts';

/** A Redis server to run. */
export interface RedisProgram {
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Fetches Debian's redis-server once, into the cache; afterwards only returns where it is. */
export async function installRedis(config: EmbeddedConfig, reporter: Reporter): Promise<RedisProgram> {
  const folder = await installOnce(config.cacheDir, 'redis-1', (folder) =>
    reporter.step('Fetching Redis from Debian (no redis-server on PATH); about 5 s, once per machine', () =>
      unpackDebianPackages({
        source: { kind: 'host' },
        packages: ['redis-server', 'redis-tools'],
        root: folder,
        workDir: `${folder}.apt`,
        path: config.path,
      }),
    ),
  );
  const libraries = libraryFolder(folder);
  return {
    command: path.join(folder, 'usr/bin/redis-server'),
    env: existsSync(libraries) ? { LD_LIBRARY_PATH: libraries } : {},
  };
}
