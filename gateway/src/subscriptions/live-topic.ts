import type { GatewayContext } from '../context.ts';
import { joinTraced } from '../telemetry/operation-span.ts';
import { createBatchQueue } from './batch-queue.ts';
import {
  audienceContext,
  type EngineParts,
  GATEWAY_IDENTITY,
  openUpstream,
  type ReceivedEvent,
  received,
  settled,
  toPayload,
} from './engine-parts.ts';
import { createEventRing, type TopicEntry } from './event-ring.ts';
import { createResumableUpstream } from './resumable-upstream.ts';
import type { RunningOperation } from './running-operation.ts';
import type { EventPayload } from './subscription-engine.ts';

/** Events of one turn, for all who listen. */
export interface TopicBatch {
  readonly entries: readonly TopicEntry[];
  /** Of entries that are finished for everybody: the very same array for all. */
  readonly payloads: readonly EventPayload[];
}

/** Why a topic is over. */
export type TopicFailure =
  /** The subgraph doesn't give it, or gives it wrongly: it must not be asked for again. */
  | 'refused'
  /** The subgraph stayed away for too long. */
  | 'lost'
  /** Events came faster than they could be joined. */
  | 'overflow';

/** Somebody who listens. No function may throw, and none is called after they left. */
export interface TopicMember {
  take(batch: TopicBatch): void;
  /** The topic is over, behind the place that is given; they have left it. */
  fail(failure: TopicFailure, place: TopicPlace): void;
}

/** Where a member stands. */
export interface TopicPlace {
  /** The cursor of the last event they were given; undefined when they were given none. */
  readonly cursor: string | undefined;
}

/** A live topic of a subgraph, listened to once for all who may. */
export interface LiveTopic {
  /**
   * Lets somebody in who has seen everything up to a position: what is behind it they get, each once and in order.
   *
   * @returns false when the position is too far back.
   */
  attach(member: TopicMember, position: number): boolean;
  /** Lets them go; with the last one the topic goes. */
  detach(member: TopicMember): TopicPlace;
}

/** Options of {@link createLiveTopic}. */
export interface LiveTopicOptions {
  /** Anyone's: nothing of the viewer's own is used. */
  readonly operation: RunningOperation;
  readonly topic: string;
  /** Events behind this position are listened to. */
  readonly after: number;
  readonly parts: EngineParts;
  /** Called once. */
  readonly onClosed: () => void;
}

/** An event of the topic on its way. */
interface TopicEvent extends ReceivedEvent {
  readonly position: number;
  readonly cursor: string | undefined;
}

function batchOf(entries: readonly TopicEntry[]): TopicBatch {
  const payloads = entries.flatMap(({ result }) => ('payload' in result ? [result.payload] : []));
  return { entries, payloads };
}

/** Listens to a topic in the gateway's own name, and joins its events for the whole audience. */
export function createLiveTopic(options: LiveTopicOptions): LiveTopic {
  const { topic, parts, after } = options;
  const { metrics, settings, format } = parts;
  // The operation in force now: one that is renewed for its viewer must not change what the others get.
  const { prepared, plan, variables: given } = options.operation;
  const variables = plan.sharedVariables(given);
  const audience = audienceContext();
  const joinVariables = Object.fromEntries(Object.entries(given).filter(([name]) => name !== plan.cursorVariable));
  const ring = createEventRing({ floor: after, maxEvents: settings.ringEvents, maxBytes: settings.ringBytes });
  const inStep = new Set<TopicMember>();
  /** Those who have seen more than the topic has told so far, with their positions. */
  const ahead = new Map<TopicMember, number>();
  let receivedUpTo = after;
  let position = after;
  let cursor: string | undefined;
  let isClosed = false;

  const queue = createBatchQueue<TopicEvent, TopicEntry>({
    work: (events) => joinTraced(audience, prepared.primary.operationName, (traced) => join(events, traced)),
    deliver,
    maxWaiting: settings.maxQueuedEvents,
    onOverflow() {
      metrics.queueOverflows.inc({ upstream: 'topic' });
      fail('overflow');
    },
    gauge: metrics.queuedEvents,
  });

  async function resultsOf(
    events: readonly TopicEvent[],
    traced: GatewayContext,
  ): Promise<readonly TopicEntry['result'][]> {
    const answers = events.map(({ answer }) => answer);
    if (prepared.isSeenAlike) {
      const written = await prepared.join(answers, joinVariables, traced);
      return written.map((result) => ({ payload: toPayload(result, format) }));
    }
    const joined = await prepared.joinForAudience(answers, joinVariables, traced);
    return joined.map((shared) => ({ shared }));
  }

  async function join(events: readonly TopicEvent[], traced: GatewayContext): Promise<readonly TopicEntry[]> {
    try {
      const results = await resultsOf(events, traced);
      let before = position;
      return results.flatMap((result, index) => {
        const event = events[index];
        if (!event) return [];
        const isPassing = event.position <= before;
        before = event.position;
        return [{ position: event.position, cursor: event.cursor, isPassing, result }];
      });
    } catch (error) {
      parts.log.error({ err: error, topic }, 'events of a topic could not be joined');
      fail('refused');
      return [];
    } finally {
      settled(events, parts);
    }
  }

  function give(member: TopicMember, entries: readonly TopicEntry[]): void {
    const batch = batchOf(entries);
    metrics.events.inc(batch.payloads.length);
    member.take(batch);
  }

  function catchUp(entries: readonly TopicEntry[]): void {
    for (const [member, seen] of ahead) {
      const unseen = entries.filter((entry) => entry.position > seen || (entry.isPassing && entry.position === seen));
      if (unseen.length > 0) give(member, unseen);
      if (position < seen) continue;
      ahead.delete(member);
      inStep.add(member);
    }
  }

  function deliver(entries: readonly TopicEntry[]): void {
    const last = entries.at(-1);
    if (!last) return;
    for (const entry of entries) ring.push(entry);
    position = last.position;
    cursor = last.cursor ?? cursor;
    const batch = batchOf(entries);
    metrics.events.inc(batch.payloads.length * inStep.size);
    for (const member of inStep) member.take(batch);
    catchUp(entries);
  }

  function close(): void {
    if (isClosed) return;
    isClosed = true;
    metrics.topics.dec();
    upstream.stop();
    queue.stop();
    options.onClosed();
  }

  function placeOf(member: TopicMember): TopicPlace {
    return { cursor: inStep.has(member) ? cursor : undefined };
  }

  function leave(member: TopicMember): TopicPlace {
    const place = placeOf(member);
    inStep.delete(member);
    ahead.delete(member);
    return place;
  }

  function fail(failure: TopicFailure): void {
    close();
    for (const member of [...inStep, ...ahead.keys()]) member.fail(failure, leave(member));
  }

  metrics.topics.inc();
  const upstream = createResumableUpstream({
    patienceMs: settings.resumePatienceMs,
    canResume: () => true,
    onResume: () => metrics.resumes.inc({ subgraph: plan.service }),
    beforeResume: () => true,
    open(sink, isPatient) {
      const { service, query, operationName } = plan;
      const live = { mode: 'topic', topic, after: receivedUpTo } as const;
      return openUpstream(parts, { service, query, operationName, variables, live }, GATEWAY_IDENTITY, sink, isPatient);
    },
    onEvent({ answer, live }) {
      if (!answer) return;
      if (!answer.data || !live) return fail('refused');
      receivedUpTo = Math.max(receivedUpTo, live.position);
      queue.push({
        ...received(answer, plan.service, parts),
        position: live.position,
        cursor: plan.takeCursor(answer),
      });
    },
    onEnd: ({ kind }) => queue.whenDrained(() => fail(kind === 'unavailable' ? 'lost' : 'refused')),
  });

  return {
    attach(member, seen) {
      if (isClosed) return false;
      if (seen > position) ahead.set(member, seen);
      else {
        const missed = ring.after(seen);
        if (!missed) return false;
        // Those in step were given what was told in passing at this very position already, or it was before their time.
        if (missed.length > 0) give(member, missed);
        inStep.add(member);
      }
      return true;
    },
    detach(member) {
      const place = leave(member);
      if (inStep.size + ahead.size === 0) close();
      return place;
    },
  };
}
