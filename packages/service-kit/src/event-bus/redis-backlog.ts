import type { RedisClient } from '../redis/create-redis.ts';
import { parseInfo } from './redis-stream-entry.ts';

/** How many events of a stream each of its groups has not acknowledged: undelivered ones and those in a member's hands. */
export async function streamBacklog(commands: RedisClient, stream: string): Promise<Map<string, number>> {
  if ((await commands.exists(stream)) === 0) return new Map();
  const groups = parseInfo(await commands.xinfo('GROUPS', stream));
  return new Map(groups.map(({ name, pending, lag }) => [String(name), Number(pending ?? 0) + Number(lag ?? 0)]));
}
