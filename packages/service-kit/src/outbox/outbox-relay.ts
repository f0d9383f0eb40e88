import { randomUUID } from 'node:crypto';
import { type AnyEvent, parseEvent } from '@postbook/events';
import type { Registry } from 'prom-client';
import type { EventBus } from '../event-bus/event-bus.ts';
import type { Component } from '../lifecycle/component.ts';
import type { LiveTopics, Unsubscribe } from '../live/live-topics.ts';
import type { Logger } from '../logging/logger.ts';
import { createBusFollower } from './bus-follower.ts';
import { OUTBOX_RETENTION_MS, type OutboxRepository } from './outbox.ts';
import { createRelayMetrics } from './relay-metrics.ts';
import { createWakeableWait } from './wakeable-wait.ts';

/** Options of {@link createOutboxRelay}. */
export interface OutboxRelayOptions {
  /** Names the outbox's store, for instance `chats`; the same in all processes that share the store. */
  readonly name: string;
  readonly repository: OutboxRepository;
  readonly bus: EventBus;
  readonly log: Logger;
  readonly metrics?: Registry;
  /** Lets a kick reach the process that publishes when that is another one. Without it that one's next poll does. */
  readonly topics?: LiveTopics;
  /** How long the publishing process waits between looks into the store without a kick. Default 250 ms. */
  readonly pollMs?: number;
  /** How many events are published at a time. Default 200. */
  readonly batchSize?: number;
  /** How long a process that died keeps others from publishing. Default 10,000 ms. */
  readonly leaseMs?: number;
}

/** Carries events from an outbox to the bus. */
export interface OutboxRelay extends Component {
  /** Call after a commit that appended events: they are published now rather than at the next poll. */
  kick(): void;
}

const LONGEST_BACK_OFF_MS = 2_000;
const BACKLOG_EVERY_MS = 5_000;
const PURGE_EVERY_MS = 60 * 60_000;
const PURGE_CHUNK = 1_000;

/**
 * Publishes what commits to an outbox, in order and at least once: an event is marked only after the bus has taken it,
 * so a death at any moment repeats events and loses none. Of all processes of a store one publishes; it holds a lease in
 * that same store, so neither the order nor the choice depends on Redis.
 */
export function createOutboxRelay(options: OutboxRelayOptions): OutboxRelay {
  const { repository, bus, log, name, pollMs = 250, batchSize = 200, leaseMs = 10_000 } = options;
  const owner = randomUUID();
  const metrics = createRelayMetrics(options.metrics, name);
  const follower = createBusFollower({ repository, bus, log, outbox: name });
  const wait = createWakeableWait();
  const topic = `outbox:${name}`;
  const unreadable = new Set<string>();
  let isStopping = false;
  let leaseHeldAt = 0;
  let nextBacklogAt = 0;
  let nextPurgeAt = Date.now() + PURGE_EVERY_MS * Math.random();
  let loop: Promise<void> | undefined;
  let unsubscribe: Unsubscribe | undefined;

  async function isLeader(): Promise<boolean> {
    const askedAt = Date.now();
    if (askedAt - leaseHeldAt < leaseMs / 3) return true;
    leaseHeldAt = (await repository.holdLease(owner, leaseMs)) ? askedAt : 0;
    return leaseHeldAt > 0;
  }

  /** Leaves out what a newer build has appended and only a newer relay can publish; it stays in the outbox. */
  const readable = (stored: { eventId: string; body: unknown }): AnyEvent[] => {
    try {
      return [parseEvent(stored.body)];
    } catch (error) {
      if (!unreadable.has(stored.eventId))
        log.error({ err: error, eventId: stored.eventId, outbox: name }, 'an event in the outbox is unreadable');
      unreadable.add(stored.eventId);
      return [];
    }
  };

  async function publishBatch(): Promise<number> {
    // Unreadable ones stay at the front: read past them.
    const stored = await repository.unpublished(batchSize + unreadable.size);
    const events = stored.flatMap(readable);
    if (events.length === 0) return 0;
    await bus.publish(events);
    await repository.markPublished(events.map((event) => event.eventId));
    metrics.published(events.length);
    return events.length;
  }

  async function reportBacklog(): Promise<void> {
    if (Date.now() < nextBacklogAt) return;
    nextBacklogAt = Date.now() + BACKLOG_EVERY_MS;
    const { pending, oldest } = await repository.backlog();
    metrics.backlog(pending, oldest ? (Date.now() - oldest.getTime()) / 1_000 : 0);
  }

  async function purge(): Promise<void> {
    if (Date.now() < nextPurgeAt) return;
    nextPurgeAt = Date.now() + PURGE_EVERY_MS;
    const before = new Date(Date.now() - OUTBOX_RETENTION_MS);
    while (!isStopping && (await repository.purgePublished(before, PURGE_CHUNK)) > 0);
  }

  /** One look into the store. Returns how long to wait until the next unless kicked. */
  async function round(): Promise<number> {
    if (!(await isLeader())) return leaseMs / 10;
    await reportBacklog();
    await follower.follow();
    const count = await publishBatch();
    if (count >= batchSize) return 0;
    await purge();
    return pollMs;
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!isStopping) {
      let pause: number;
      try {
        pause = await round();
        failures = 0;
      } catch (error) {
        failures += 1;
        metrics.failed();
        if (failures === 1)
          log.warn({ err: error, outbox: name }, 'events wait in the outbox: trying again until they are published');
        pause = Math.min(50 * 2 ** Math.min(failures, 8), LONGEST_BACK_OFF_MS);
      }
      // While the bus or the store is away kicks don't shorten the pause: every write would knock on a dead door.
      if (pause > 0 && !isStopping) await wait.pause(pause, { wakeable: failures === 0 });
    }
  }

  return {
    name: `outbox relay ${name}`,

    async start() {
      const onMessage = () => {
        if (leaseHeldAt > 0) wait.wake();
      };
      unsubscribe = await options.topics?.subscribe(topic, { onMessage, onGap: onMessage });
      loop ??= run();
    },

    kick() {
      if (leaseHeldAt > 0) wait.wake();
      else void options.topics?.publish(topic, 1);
    },

    async stop() {
      isStopping = true;
      unsubscribe?.();
      wait.end();
      await loop;
      await repository.releaseLease(owner).catch(() => undefined);
    },
  };
}
