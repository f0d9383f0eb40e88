import type { GraphQLFormattedError } from 'graphql';
import { SubscriberTooSlowError } from '../errors/gateway-errors.ts';
import type { PreparedSubscription } from '../execution/prepared-operation.ts';
import { joinTraced } from '../telemetry/operation-span.ts';
import { type BatchQueue, createBatchQueue } from './batch-queue.ts';
import {
  type EngineParts,
  errorsOf,
  faultPayload,
  formattedError,
  openUpstream,
  type ReceivedEvent,
  received,
  settled,
  toPayload,
} from './engine-parts.ts';
import { createResumableUpstream } from './resumable-upstream.ts';
import type { RunningOperation } from './running-operation.ts';
import type { EventPayload, SubscriptionListener } from './subscription-engine.ts';

/** Options of {@link createSharedUpstream}. */
export interface SharedUpstreamOptions {
  readonly operation: RunningOperation;
  readonly parts: EngineParts;
  /** Called once, when nobody may join any more: the first event came, or it has ended. */
  readonly onClosed: () => void;
}

/** One listener's part. */
export interface Listening {
  leave(): void;
  /** The operation was prepared over another supergraph: goes on with that, if nothing is lost by it. */
  moveTo(renewed: PreparedSubscription): void;
}

/** One upstream for all of one identity who ask for the same and began before its first event. */
export interface SharedUpstream {
  /** Adds a listener. With the last one the upstream goes. */
  join(listener: SubscriptionListener): Listening;
}

/** Joins events in the operation's name, each result written once. */
export function createEventQueue(
  { operation, parts }: Pick<SharedUpstreamOptions, 'operation' | 'parts'>,
  deliver: (payloads: readonly EventPayload[]) => void,
  onOverflow: () => void,
): BatchQueue<ReceivedEvent> {
  const { format, metrics, settings } = parts;
  const { variables, context } = operation;

  async function join(events: readonly ReceivedEvent[]): Promise<readonly EventPayload[]> {
    const answers = events.map(({ answer }) => answer);
    try {
      const results = await joinTraced(context, operation.prepared.primary.operationName, (traced) =>
        operation.prepared.join(answers, variables, traced),
      );
      return results.map((result) => toPayload(result, format));
    } catch (error) {
      const fault = faultPayload(error, format);
      return events.map(() => fault);
    } finally {
      settled(events, parts);
    }
  }

  return createBatchQueue({
    work: join,
    deliver,
    maxWaiting: settings.maxQueuedEvents,
    onOverflow,
    gauge: metrics.queuedEvents,
  });
}

/** Opens an upstream. Events are joined once, whoever listens. */
export function createSharedUpstream(options: SharedUpstreamOptions): SharedUpstream {
  const { operation, parts } = options;
  const { format, metrics } = parts;
  const members = new Set<SubscriptionListener>();
  const { plan, variables, context } = operation;
  const start = plan.startOf(variables);
  let cursor: string | undefined;
  let isClosed = false;

  const queue = createEventQueue(options, deliver, () => {
    metrics.queueOverflows.inc({ upstream: 'own' });
    upstream.stop();
    finish([formattedError(new SubscriberTooSlowError(), format)]);
  });

  function deliver(payloads: readonly EventPayload[]): void {
    metrics.events.inc(payloads.length * members.size);
    for (const member of members) member.next(payloads);
  }

  function close(): void {
    if (isClosed) return;
    isClosed = true;
    options.onClosed();
  }

  function finish(errors: readonly GraphQLFormattedError[] | undefined): void {
    close();
    const leaving = [...members];
    members.clear();
    for (const member of leaving) member.end(errors);
  }

  function canResume(): boolean {
    return operation.plan.isResumable && (cursor ?? start) !== undefined;
  }

  const upstream = createResumableUpstream({
    patienceMs: parts.settings.resumePatienceMs,
    canResume,
    onResume: () => metrics.resumes.inc({ subgraph: plan.service }),
    async beforeResume() {
      if (operation.isCurrent) return true;
      // What waits was asked for by the old plan, and is joined by it.
      await new Promise<void>((resolve) => queue.whenDrained(resolve));
      const errors = await operation.renew();
      if (errors) {
        upstream.stop();
        finish(errors);
      }
      return errors === undefined;
    },
    open(sink, isPatient) {
      const { service, query, operationName, variablesFor } = operation.plan;
      const subscription = { service, query, operationName, variables: variablesFor(variables, cursor) };
      return openUpstream(parts, subscription, context, sink, isPatient);
    },
    onEvent({ answer }) {
      if (!answer) return;
      close();
      cursor = operation.plan.takeCursor(answer) ?? cursor;
      queue.push(received(answer, plan.service, parts));
    },
    onEnd(ending) {
      close();
      queue.whenDrained(() => finish(errorsOf(ending, plan.service, format)));
    },
  });

  function leave(listener: SubscriptionListener): void {
    if (!members.delete(listener) || members.size > 0) return;
    close();
    upstream.stop();
    queue.stop();
  }

  return {
    join(listener) {
      members.add(listener);
      return {
        leave: () => leave(listener),
        moveTo(renewed) {
          if (!operation.isCurrent && !operation.offer(renewed) && canResume()) upstream.restart();
        },
      };
    },
  };
}
