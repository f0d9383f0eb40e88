import { setTimeout as delay } from 'node:timers/promises';
import { isRedisReady, type RedisClient } from '../redis/create-redis.ts';
import { parseRead, type StreamEntry } from './redis-stream-entry.ts';

/** How long one read waits for new entries. */
const BLOCK_MS = 2_000;
/** How far two clocks that round to milliseconds, one of them read once per round of the server, may be apart. */
const CLOCK_GRAIN_MS = 20;

/** Reads a stream on a connection of its own, waiting for new entries. */
export interface BlockedRead {
  /** Up to `count` entries that no member has been given; none when nothing came in time. */
  next(count: number): Promise<StreamEntry[]>;
  /** Whether a read waits right now on a connection that works. */
  isWaiting(): boolean;
  /** Whether entries that the server gave out then may still be on their way: only a later read shows that they are not. */
  mayCarry(deliveredAt: number): boolean;
  /** Ends the waiting read, and further ones, until `ended` resolves. */
  interruptUntil(ended: Promise<void>): Promise<void>;
}

/** Options of {@link createBlockedRead}. */
export interface BlockedReadOptions {
  readonly blocking: RedisClient;
  /** For speaking to the server while the other connection waits. */
  readonly commands: RedisClient;
  readonly stream: string;
  readonly group: string;
  readonly consumer: string;
}

/** Makes the reading side of a member. */
export function createBlockedRead({ blocking, commands, stream, group, consumer }: BlockedReadOptions): BlockedRead {
  let startedAt = 0;
  let lastStartedAt = 0;

  /** Asks the server to end the wait. False when it can't be asked to. */
  async function unblock(): Promise<boolean> {
    const clients = String(await commands.client('LIST', 'TYPE', 'NORMAL'));
    const own = clients.split('\n').find((line) => line.includes(` name=${blocking.options.connectionName} `));
    const id = own?.match(/^id=(\d+)/)?.[1];
    if (id) await commands.client('UNBLOCK', id);
    return id !== undefined;
  }

  return {
    async next(count) {
      startedAt = Date.now();
      lastStartedAt = startedAt;
      const target = ['GROUP', group, consumer, 'COUNT', count, 'BLOCK', BLOCK_MS, 'STREAMS', stream, '>'] as const;
      try {
        return parseRead(await blocking.xreadgroup(...target));
      } catch (error) {
        // A read that was not answered leaves the connection unusable: begin with a new one.
        if (isRedisReady(blocking) && /timed? ?out/i.test(String(error))) blocking.disconnect(true);
        throw error;
      } finally {
        startedAt = 0;
      }
    },

    mayCarry: (deliveredAt) => deliveredAt >= lastStartedAt - CLOCK_GRAIN_MS,

    isWaiting: () => startedAt > 0 && Date.now() - startedAt < BLOCK_MS + 1_000 && isRedisReady(blocking),

    // In an orderly way: cutting the connection could lose an entry on its way, until another member claims it.
    async interruptUntil(ended) {
      let hasEnded = false;
      let isCut = false;
      const noted = ended.then(() => {
        hasEnded = true;
      });
      while (!hasEnded) {
        if (!isCut && !(await unblock().catch(() => false))) {
          blocking.disconnect();
          isCut = true;
        }
        await Promise.race([noted, delay(50)]);
      }
    },
  };
}
