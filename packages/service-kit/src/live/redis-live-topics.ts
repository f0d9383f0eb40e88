import { Counter, type Registry } from 'prom-client';
import type { Logger } from '../logging/logger.ts';
import { closeRedis, createSubscriberRedis, isRedisReady, type RedisClient } from '../redis/create-redis.ts';
import { withNamespace } from '../redis/key-space.ts';
import { registerOnce } from '../telemetry/register-once.ts';
import type { LiveTopics, TopicListener } from './live-topics.ts';

/** Options of {@link createRedisLiveTopics}. */
export interface RedisLiveTopicsOptions {
  readonly url: string;
  /** The connection for sending; shared with the rest of the process. */
  readonly redis: RedisClient;
  /** `redisNamespace` of the configuration. */
  readonly namespace: string;
  /** The process's name, for the connection's. */
  readonly name: string;
  readonly log: Logger;
  readonly metrics?: Registry;
  /** How often the receiving connection is tested, in milliseconds. Default 5,000. */
  readonly probeMs?: number;
  /** How long a subscriber waits for the server's confirmation, in milliseconds. Default 2,000. */
  readonly confirmMs?: number;
}

/** Topics subscribed per command after a reconnection: a bound on how long one command may keep the server. */
const RESUBSCRIBE_CHUNK = 500;

interface Topic {
  readonly listeners: Set<TopicListener>;
  /** Whether the server has confirmed the subscription on the present connection. */
  isActive: boolean;
  /** The confirmation under way. */
  confirming: Promise<void> | undefined;
}

function createSendMetrics(registry: Registry | undefined) {
  if (!registry) return undefined;
  const name = 'live_messages_total';
  return registerOnce(
    registry,
    name,
    () => new Counter({ name, help: 'Live messages sent, by outcome', labelNames: ['outcome'], registers: [registry] }),
  );
}

/**
 * Live topics over Redis publish/subscribe. The process has one receiving connection and one subscription per topic,
 * however many listen to it.
 */
export function createRedisLiveTopics(options: RedisLiveTopicsOptions): LiveTopics {
  const { redis, log } = options;
  const prefix = `${withNamespace(options.namespace).key('live')}:`;
  const subscriber = createSubscriberRedis(options.url, { name: `${options.name}-live`, log });
  const topics = new Map<string, Topic>();
  const sent = createSendMetrics(options.metrics);
  let isClosed = false;

  /** One listener's fault must not keep the message from the others. */
  const announce = (tell: () => void) => {
    try {
      tell();
    } catch (error) {
      log.error({ err: error }, 'a live listener failed');
    }
  };

  const announceGap = (topic: Topic) => {
    for (const listener of [...topic.listeners]) announce(() => listener.onGap());
  };

  subscriber.on('message', (channel: string, text: string) => {
    const topic = topics.get(channel.slice(prefix.length));
    if (!topic) return;
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch (error) {
      log.warn({ err: error, channel }, 'a live message is not JSON');
      return;
    }
    for (const listener of [...topic.listeners]) announce(() => listener.onMessage(message));
  });

  subscriber.on('close', () => {
    for (const topic of topics.values()) {
      topic.isActive = false;
      topic.confirming = undefined;
    }
  });

  /** Renews all subscriptions; only then have listeners no gap behind them, which each closes by reading its store. */
  subscriber.on('ready', async () => {
    const names = [...topics.keys()];
    for (let start = 0; start < names.length; start += RESUBSCRIBE_CHUNK) {
      const chunk = names.slice(start, start + RESUBSCRIBE_CHUNK);
      try {
        await subscriber.subscribe(...chunk.map((name) => prefix + name));
      } catch (error) {
        log.debug({ err: error }, 'renewing subscriptions failed; the next connection tries again');
        return;
      }
      for (const name of chunk) {
        const topic = topics.get(name);
        if (!topic) continue;
        topic.isActive = true;
        announceGap(topic);
      }
    }
  });

  /** A connection whose peer vanished looks healthy to a receiver: only asking tells. */
  const probe = setInterval(() => {
    if (!isRedisReady(subscriber)) return;
    const timer = setTimeout(() => subscriber.disconnect(true), options.probeMs ?? 5_000);
    subscriber
      .ping()
      .catch(() => undefined)
      .finally(() => clearTimeout(timer));
  }, options.probeMs ?? 5_000);
  probe.unref();

  /** Asks the server for the topic. Settles in any case: if it fails, the next connection makes the topic active. */
  async function activate(name: string, topic: Topic): Promise<void> {
    try {
      await subscriber.subscribe(prefix + name);
      if (topics.get(name) === topic) topic.isActive = true;
    } catch (error) {
      log.debug({ err: error, topic: name }, 'a live topic is not active yet');
    }
  }

  async function confirm(name: string, topic: Topic): Promise<void> {
    if (topic.isActive || !isRedisReady(subscriber)) return;
    topic.confirming ??= activate(name, topic).finally(() => {
      topic.confirming = undefined;
    });
    await topic.confirming;
  }

  /** A server that hangs must not hold a subscriber up: it goes on without, and is told when it has caught up. */
  async function confirmOrGiveUp(name: string, topic: Topic, listener: TopicListener): Promise<void> {
    let hasGivenUp = false;
    const confirmed = confirm(name, topic).then(() => {
      if (hasGivenUp && topic.isActive && topic.listeners.has(listener)) announce(() => listener.onGap());
    });
    const patience = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      hasGivenUp = true;
      patience.resolve();
    }, options.confirmMs ?? 2_000);
    await Promise.race([confirmed, patience.promise]);
    clearTimeout(timer);
  }

  return {
    name: 'live topics',
    start: async () => undefined,

    async publish(topic, message) {
      try {
        await redis.publish(prefix + topic, JSON.stringify(message));
        sent?.inc({ outcome: 'sent' });
      } catch (error) {
        sent?.inc({ outcome: 'failed' });
        log.debug({ err: error, topic }, 'a live message was not sent; its readers will find it in the store');
      }
    },

    async subscribe(name, listener) {
      if (isClosed) throw new Error('live topics are closed');
      let topic = topics.get(name);
      if (!topic) {
        topic = { listeners: new Set(), isActive: false, confirming: undefined };
        topics.set(name, topic);
      }
      const own = topic;
      // A listener of its own identity, so that the same object may subscribe twice.
      const registration: TopicListener = {
        onMessage: (message) => listener.onMessage(message),
        onGap: () => listener.onGap(),
      };
      own.listeners.add(registration);
      await confirmOrGiveUp(name, own, registration);
      return () => {
        if (!own.listeners.delete(registration) || own.listeners.size > 0 || topics.get(name) !== own) return;
        topics.delete(name);
        if (isRedisReady(subscriber)) subscriber.unsubscribe(prefix + name).catch(() => undefined);
      };
    },

    async check() {
      if (!isRedisReady(subscriber)) throw new Error('live updates pause: Redis does not answer');
    },

    async stop() {
      isClosed = true;
      clearInterval(probe);
      topics.clear();
      await closeRedis(subscriber);
    },
  };
}
