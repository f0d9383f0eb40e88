import path from 'node:path';
import { readEmbeddedConfig } from '../config.ts';
import { EmbeddedStoreError, useOwnServer } from '../errors.ts';
import { findProgram } from '../find-program.ts';
import { whyNoDebianPackages } from '../install/debian-packages.ts';
import { installRedis, type RedisProgram } from '../install/install-redis.ts';
import { createReporter, type Reporter } from '../progress.ts';
import type { EmbeddedConfig } from '../types.ts';

export type { RedisProgram } from '../install/install-redis.ts';

const SERVER_NAMES = ['redis-server', 'valkey-server'];

/** Redis or Valkey: from PATH, else fetched from Debian. @throws EmbeddedStoreError naming the remedy. */
export async function chooseRedisProgram(
  config: EmbeddedConfig,
  reporter: Reporter,
): Promise<{ program: RedisProgram; why: string }> {
  const command = findProgram(SERVER_NAMES, config.path);
  if (command) {
    return { program: { command, env: {} }, why: `REDIS_URL is not set; ${path.basename(command)} is on PATH` };
  }
  const obstacle = whyNoDebianPackages(config.path);
  if (obstacle) throw cannotFetch(`Redis cannot be fetched: ${obstacle}.`);
  try {
    const program = await installRedis(config, reporter);
    return { program, why: 'REDIS_URL is not set and no redis-server is on PATH, so Debian’s package is used' };
  } catch (cause) {
    throw cannotFetch(
      `Redis could not be fetched from Debian: ${cause instanceof Error ? cause.message : cause}`,
      cause,
    );
  }
}

/** The program that the embedded Redis runs, for tests that kill and start a server of their own. */
export async function findRedisServer(): Promise<RedisProgram> {
  const { program } = await chooseRedisProgram(readEmbeddedConfig(), createReporter('redis', undefined));
  return program;
}

function cannotFetch(message: string, cause?: unknown): EmbeddedStoreError {
  return new EmbeddedStoreError('redis', message, {
    remedy: `install redis-server or valkey-server so that it is on PATH, or ${useOwnServer('redis')}`,
    cause,
  });
}
