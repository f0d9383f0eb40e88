import type { RedisClient } from '../redis/create-redis.ts';
import { trimScript } from './redis-stream-scripts.ts';

/** Acknowledged events stay this long, for groups that join later. */
const RETAIN_MS = 24 * 60 * 60_000;
/** Above this length acknowledged events go whatever their age, to bound Redis's memory. */
const RETAIN_LENGTH = 100_000;
/** Events of a domain that nobody consumes stay as long as outboxes keep theirs. */
const RETAIN_UNCLAIMED_MS = 7 * 24 * 60 * 60_000;

/** Removes from a stream what may go at that time. */
export async function trimStream(redis: RedisClient, stream: string, now: number): Promise<void> {
  const before = (age: number) => `${now - age}-0`;
  await trimScript.run(redis, [stream], [before(RETAIN_MS), RETAIN_LENGTH, before(RETAIN_UNCLAIMED_MS)]);
}
