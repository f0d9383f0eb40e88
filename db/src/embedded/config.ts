import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { EmbeddedConfig } from './types.ts';

const optionalText = z
  .string()
  .optional()
  .transform((text) => (text?.trim() ? text.trim() : undefined));

const schema = z.object({
  POSTGRES_URL: optionalText,
  MONGODB_URL: optionalText,
  REDIS_URL: optionalText,
  POSTBOOK_MONGO_ENGINE: z.enum(['auto', 'mongod', 'documentdb']).default('auto'),
  POSTBOOK_CACHE_DIR: optionalText,
  POSTBOOK_DEBIAN_MIRROR: optionalText,
  XDG_CACHE_HOME: optionalText,
  PATH: z.string().default('/usr/local/bin:/usr/bin:/bin'),
});

/**
 * Reads what the environment says about embedded stores.
 * @throws Error naming every variable that is wrong.
 */
export function readEmbeddedConfig(env: NodeJS.ProcessEnv = process.env): EmbeddedConfig {
  const parsed = schema.safeParse({
    ...env,
    POSTBOOK_MONGO_ENGINE: env.POSTBOOK_MONGO_ENGINE?.trim() || undefined,
  });
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const found = parsed.data;
  return {
    mongoEngine: found.POSTBOOK_MONGO_ENGINE,
    cacheDir: path.resolve(found.POSTBOOK_CACHE_DIR ?? defaultCacheDir(found.XDG_CACHE_HOME)),
    debianMirror: found.POSTBOOK_DEBIAN_MIRROR,
    path: found.PATH,
    urls: { postgres: found.POSTGRES_URL, mongodb: found.MONGODB_URL, redis: found.REDIS_URL },
  };
}

/** Root's servers run as `nobody`, who cannot read below /root: so root's cache is the system's. */
function defaultCacheDir(xdgCacheHome: string | undefined): string {
  if (process.getuid?.() === 0) return '/var/cache/postbook';
  return path.join(xdgCacheHome ?? path.join(os.homedir(), '.cache'), 'postbook');
}
