import { type AnyEvent, type EventType, parseEvent } from '@postbook/events';
import type { Logger } from '../logging/logger.ts';
import type { RedisClient } from '../redis/create-redis.ts';
import type { EventBusMetrics } from './consumer-metrics.ts';
import type { Delivery } from './event-bus.ts';
import type { StreamEntry } from './redis-stream-entry.ts';
import type { StreamKeys } from './redis-stream-keys.ts';
import { buryScript } from './redis-stream-scripts.ts';

/** An idle time that says: this was handed over and not tried. Longer than any wait for a retry. */
export const HANDED_OVER_IDLE_MS = 24 * 60 * 60_000;

/** What a member of a group works with, for one domain. */
export interface GroupMember {
  readonly domain: string;
  readonly keys: StreamKeys;
  readonly group: string;
  /** The member's own name within the group. */
  readonly consumer: string;
  readonly commands: RedisClient;
  readonly types: ReadonlySet<string>;
  readonly handler: (event: AnyEvent, delivery: Delivery) => Promise<void>;
  readonly concurrency: number;
  readonly maxAttempts: number;
  readonly retryDelayMs: (attempt: number) => number;
  readonly claimIdleMs: number;
  readonly sweepMs: number;
  readonly drainMs: number;
  readonly isTransient: (error: unknown) => boolean;
  readonly metrics: EventBusMetrics;
  readonly log: Logger;
}

/** What to do with an entry, decided before anything runs. */
export type EntryReading =
  | { readonly kind: 'pass' }
  | { readonly kind: 'poison'; readonly error: Error }
  | { readonly kind: 'event'; readonly event: AnyEvent };

/** Decides by the cheap fields first: most entries of a domain are of no interest to most groups. */
export function readEntry(entry: StreamEntry, member: Pick<GroupMember, 'group' | 'types'>): EntryReading {
  const { type, only, event } = entry.fields;
  if (only !== undefined && only !== member.group) return { kind: 'pass' };
  if (type !== undefined && !member.types.has(type)) return { kind: 'pass' };
  try {
    const parsed = parseEvent(JSON.parse(event ?? ''));
    return member.types.has(parsed.type as EventType) ? { kind: 'event', event: parsed } : { kind: 'pass' };
  } catch (error) {
    return { kind: 'poison', error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** Acknowledges an entry. If Redis is away the entry comes again later, and the inbox drops the repeat. */
export async function acknowledge(member: GroupMember, id: string): Promise<void> {
  await member.commands.xack(member.keys.stream, member.group, id).catch((error: unknown) => {
    member.log.debug({ err: error, entry: id }, 'an acknowledgement was lost; the event will come again');
  });
}

/** Moves an entry to the group's dead letters. */
export async function bury(member: GroupMember, entry: StreamEntry, attempts: number, error: Error): Promise<void> {
  const { type = '', event = '' } = entry.fields;
  const reason = `${error.name}: ${error.message}`.slice(0, 1_000);
  const letter = { type, event, reason, attempts: String(attempts), failedAt: new Date().toISOString() };
  await buryScript
    .run(
      member.commands,
      [member.keys.stream, member.keys.deadLetters(member.group)],
      [member.group, entry.id, ...Object.entries(letter).flat()],
    )
    .catch((failure: unknown) =>
      member.log.warn({ err: failure, entry: entry.id }, 'a dead letter could not be stored'),
    );
  member.log.error(
    { err: error, group: member.group, type, entry: entry.id, attempts },
    'an event became a dead letter',
  );
}

/** Tries to handle the event once, and acknowledges, leaves for a retry, or buries it. Never rejects. */
export async function handleOnce(
  member: GroupMember,
  entry: StreamEntry,
  event: AnyEvent,
  attempt: number,
): Promise<'handled' | 'retried' | 'dead'> {
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1_000;
  const { group, metrics, log } = member;
  try {
    await member.handler(event, { attempt });
    metrics.handled(group, event.type, 'handled', seconds());
    metrics.lag(group, (Date.now() - Date.parse(event.occurredAt)) / 1_000);
    await acknowledge(member, entry.id);
    return 'handled';
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    const isTransient = member.isTransient(error);
    const outcome = !isTransient && attempt >= member.maxAttempts ? 'dead' : 'retried';
    metrics.handled(group, event.type, outcome, seconds());
    if (outcome === 'dead') await bury(member, entry, attempt, error);
    else {
      log.warn(
        { err: error, group, type: event.type, eventId: event.eventId, attempt },
        'an event will be tried again',
      );
      if (isTransient) await uncount(member, entry.id, attempt);
    }
    return outcome;
  }
}

/** Takes a try back that said nothing about the event. The entry stays this member's, its wait begins now. */
async function uncount(member: GroupMember, id: string, attempt: number): Promise<void> {
  await member.commands
    .call('XCLAIM', member.keys.stream, member.group, member.consumer, 0, id, 'RETRYCOUNT', attempt - 1, 'JUSTID')
    .catch(() => undefined);
}

/** Makes an untouched entry look long abandoned, so that another member takes it at once, as the same try. */
export async function handOver(member: GroupMember, id: string, attempt: number): Promise<void> {
  const { keys, group, consumer, commands } = member;
  await commands
    .call(
      'XCLAIM',
      keys.stream,
      group,
      consumer,
      0,
      id,
      'IDLE',
      HANDED_OVER_IDLE_MS,
      'RETRYCOUNT',
      attempt - 1,
      'JUSTID',
    )
    .catch(() => undefined);
}

/** Creates stream and group where they are missing. From 0: whatever is kept has not been delivered to a new group. */
export async function ensureGroup({ commands, keys, group }: GroupMember): Promise<void> {
  await commands.xgroup('CREATE', keys.stream, group, '0', 'MKSTREAM').catch((error: unknown) => {
    if (!(error instanceof Error && error.message.startsWith('BUSYGROUP'))) throw error;
  });
}
