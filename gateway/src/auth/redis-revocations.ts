import {
  closeRedis,
  createRedis,
  createSubscriberRedis,
  isRedisReady,
  type Logger,
  type RedisClient,
  waitForRedis,
} from '@postbook/service-kit/edge';
import { z } from 'zod';
import { createRevocationList } from './revocation-list.ts';
import type { Revocation, RevocationSource } from './revocation-source.ts';

const message = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('session'), sessionId: z.string() }),
  z.object({ kind: z.literal('user'), userId: z.string(), notBefore: z.number() }),
]);

function readMessage(text: string): Revocation | undefined {
  try {
    return message.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Names of the keys and the channel that auth writes to, in one namespace. */
export const revocationKeys = (namespace: string) => ({
  session: (sessionId: string) => `${namespace}:revoked:sid:${sessionId}`,
  user: (userId: string) => `${namespace}:revoked:user:${userId}`,
  all: `${namespace}:revoked:*`,
  channel: `${namespace}:revocations`,
});

/** A key found while rebuilding, as the revocation it stands for. */
function readKey(key: string, value: string | null, namespace: string): Revocation | undefined {
  const { session, user } = revocationKeys(namespace);
  if (value === null) return undefined;
  if (key.startsWith(session(''))) return { kind: 'session', sessionId: key.slice(session('').length) };
  const notBefore = Number(value);
  if (!key.startsWith(user('')) || !Number.isFinite(notBefore)) return undefined;
  return { kind: 'user', userId: key.slice(user('').length), notBefore };
}

/** Options of {@link createRedisRevocations}. */
export interface RedisRevocationsOptions {
  readonly url: string;
  readonly namespace: string;
  readonly log: Logger;
}

const KEYS_PER_SCAN = 500;
/** How long the start waits for Redis, in milliseconds, before the gateway goes on without. */
const START_PATIENCE_MS = 3_000;

/** Reads all revocations that are kept in Redis. */
async function readAll(redis: RedisClient, namespace: string, add: (revocation: Revocation) => void): Promise<void> {
  for await (const found of redis.scanStream({ match: revocationKeys(namespace).all, count: KEYS_PER_SCAN })) {
    const names = found as string[];
    const values = names.length > 0 ? await redis.mget(names) : [];
    for (const [index, name] of names.entries()) {
      const revocation = readKey(name, values[index] ?? null, namespace);
      if (revocation) add(revocation);
    }
  }
}

/**
 * Revocations as auth publishes them in Redis. Messages take effect at once; at every (re)connect the keys are read, so
 * that what was published while the connection was down is caught up with. The order matters: subscribe first, then
 * read, or a revocation between the two would be lost.
 *
 * While Redis is away the known revocations stay in force and new ones aren't felt: a stolen token then lives until it
 * expires, ten minutes at the most. The gateway starts without Redis, for the same reason.
 */
export function createRedisRevocations({ url, namespace, log }: RedisRevocationsOptions): RevocationSource {
  const list = createRevocationList();
  const listeners = new Set<(revocation: Revocation) => void>();
  const { channel } = revocationKeys(namespace);
  let connections: { readonly subscriber: RedisClient; readonly reader: RedisClient } | undefined;
  let isCaughtUp = false;

  function add(revocation: Revocation): void {
    if (!list.add(revocation)) return;
    for (const listener of listeners) listener(revocation);
  }

  function receive(text: string): void {
    const revocation = readMessage(text);
    if (revocation) add(revocation);
    else log.warn('a revocation could not be read');
  }

  /** Both connections must be up; whichever comes second does the work. */
  async function catchUp(): Promise<void> {
    const opened = connections;
    if (!opened || !isRedisReady(opened.subscriber) || !isRedisReady(opened.reader)) return;
    try {
      await opened.subscriber.subscribe(channel);
      await readAll(opened.reader, namespace, add);
      isCaughtUp = true;
    } catch (error) {
      // A stop meanwhile took the connections away: nothing is left to catch up with.
      if (connections !== opened) return;
      log.warn({ err: error }, 'the revocations could not be read; connecting anew to try again');
      opened.subscriber.disconnect(true);
    }
  }

  function open(): { subscriber: RedisClient; reader: RedisClient } {
    const subscriber = createSubscriberRedis(url, { name: 'gateway:revocations', log });
    const reader = createRedis(url, { name: 'gateway:revocation-keys', log });
    subscriber.on('message', (_channel: string, text: string) => receive(text));
    subscriber.on('close', () => {
      isCaughtUp = false;
    });
    for (const redis of [subscriber, reader]) redis.on('ready', () => void catchUp());
    return { subscriber, reader };
  }

  return {
    name: 'revocations',
    isRevoked: (claims) => list.isRevoked(claims),
    onRevoked(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async start() {
      connections = open();
      const { subscriber, reader } = connections;
      await Promise.all([subscriber, reader].map((redis) => waitForRedis(redis, START_PATIENCE_MS)));
      await catchUp();
    },
    async stop() {
      const closing = connections;
      connections = undefined;
      if (closing) await Promise.all([closeRedis(closing.subscriber), closeRedis(closing.reader)]);
    },
    async check() {
      if (!isCaughtUp) throw new Error('Redis is away: new revocations are not felt');
    },
  };
}
