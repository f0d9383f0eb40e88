import { startRedisProcess } from '@postbook/testkit';

/** Redis, kept by a process that stops it when the benchmark is gone, even by a kill -9. */

const redis = await startRedisProcess({ journal: false });

async function end(): Promise<void> {
  await redis.stop();
  process.exit(0);
}

process.once('SIGTERM', end);
process.once('disconnect', end);
process.send?.({ type: 'ready', url: redis.url });
