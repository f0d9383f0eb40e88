import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from '../logging/logger.ts';

/** The driver's options without the one that changes the types of replies. */
type ConnectionOptions = Omit<RedisOptions, 'replyMapping'>;

/** A connection to Redis. Only the kit's Redis parts and repositories send commands over it. */
export type RedisClient = Redis;

/** Options of {@link createRedis}. */
export interface CreateRedisOptions {
  /** Names the connection in Redis's client list and in logs. */
  readonly name: string;
  readonly log: Logger;
  /** After how many milliseconds without an answer a command fails. Default 2,000. */
  readonly commandTimeoutMs?: number;
}

const LONGEST_RECONNECT_DELAY_MS = 2_000;

/** Doubles from 50 ms, with jitter so that all processes don't come back in the same instant after an outage. */
const reconnectDelay = (attempt: number): number =>
  Math.min(25 * 2 ** Math.min(attempt, 10), LONGEST_RECONNECT_DELAY_MS) * (0.5 + Math.random() / 2);

/**
 * Commands are neither queued while disconnected nor sent again afterwards: the caller of a request can't wait for an
 * outage to end, and a command repeated minutes later may undo something newer.
 */
const common = (name: string): ConnectionOptions => ({
  connectionName: name,
  // The replies of streams differ between the protocols, and of all newer ones we need none.
  protocol: 2,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 3_000,
  keepAlive: 10_000,
  retryStrategy: reconnectDelay,
  // After a failover the old primary refuses writes; connecting again finds the new one.
  reconnectOnError: (error) => error.message.startsWith('READONLY'),
});

/** Logs the beginning and the end of an outage instead of every attempt; also keeps `error` from being unhandled. */
function reportOutages(redis: Redis, name: string, log: Logger): void {
  let isAway = false;
  redis.on('error', (error: unknown) => {
    if (isAway) return;
    isAway = true;
    log.warn({ err: error, connection: name }, 'Redis does not answer; trying again until it does');
  });
  redis.on('ready', () => {
    if (isAway) log.info({ connection: name }, 'Redis is back');
    isAway = false;
  });
}

function connect(url: string, name: string, log: Logger, options: ConnectionOptions): RedisClient {
  const redis = new Redis(url, { ...common(name), ...options });
  reportOutages(redis, name, log);
  return redis;
}

/**
 * A connection for ordinary commands, to be shared by all of a process. It connects in the background and for ever:
 * making it never fails, whether Redis is there or not. While Redis is away every command fails at once, and a server
 * that hangs is noticed by the command's time-out, after which the connection is made anew.
 */
export const createRedis = (url: string, options: CreateRedisOptions): RedisClient => {
  const commandTimeout = options.commandTimeoutMs ?? 2_000;
  return connect(url, options.name, options.log, { commandTimeout, socketTimeout: commandTimeout * 2 });
};

/**
 * A connection for commands that wait on the server, such as reading a stream. Nothing else may use it: a waiting
 * command holds up all later ones. A wait that is not answered in its time plus a second fails.
 */
export const createBlockingRedis = (url: string, options: CreateRedisOptions): RedisClient =>
  connect(url, options.name, options.log, { blockingTimeout: 10_000, blockingTimeoutGrace: 1_000 });

/**
 * A connection for receiving published messages. Subscriptions are not renewed by the driver after a loss: the owner
 * does so, since it must tell every subscriber of the gap.
 */
export const createSubscriberRedis = (url: string, options: CreateRedisOptions): RedisClient =>
  connect(url, options.name, options.log, { autoResubscribe: false });

/** Whether the connection accepts commands right now. */
export const isRedisReady = (redis: RedisClient): boolean => redis.status === 'ready';

/** Resolves to true when the connection accepts commands, or to false after `timeoutMs`. For start-up and tests. */
export const waitForRedis = (redis: RedisClient, timeoutMs: number): Promise<boolean> => {
  if (isRedisReady(redis)) return Promise.resolve(true);
  return new Promise((resolve) => {
    const settle = (isReady: boolean) => {
      clearTimeout(timer);
      redis.off('ready', onReady);
      resolve(isReady);
    };
    const onReady = () => settle(true);
    const timer = setTimeout(() => settle(false), timeoutMs);
    redis.on('ready', onReady);
  });
};

/** Ends the connection: says goodbye when the server answers, else just hangs up. Never rejects; callable twice. */
export const closeRedis = async (redis: RedisClient): Promise<void> => {
  if (redis.status === 'end') return;
  if (isRedisReady(redis)) await redis.quit().catch(() => undefined);
  redis.disconnect();
};
