import { withRequestTrace } from '@postbook/service-kit/edge';
import type { GraphQLFormattedError } from 'graphql';
import { SubscriberTooSlowError } from '../errors/gateway-errors.ts';
import type { SharedJoin } from '../execution/prepared-operation.ts';
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
import type { LiveTopic, TopicMember } from './live-topic.ts';
import { createResumableUpstream } from './resumable-upstream.ts';
import type { RunningOperation } from './running-operation.ts';
import type { Listening } from './shared-upstream.ts';
import type { EventPayload, SubscriptionListener } from './subscription-engine.ts';

/** Options of {@link createTopicViewer}. */
export interface TopicViewerOptions {
  readonly operation: RunningOperation;
  readonly listener: SubscriptionListener;
  readonly parts: EngineParts;
  /** The topic for an operation, opened behind the position if nobody listens to it yet. */
  readonly topicFor: (operation: RunningOperation, topic: string, position: number) => LiveTopic;
}

/** Over how long, in milliseconds, the viewers of a topic that is gone ask for their own upstreams. */
const TOPIC_GONE_SPREAD_MS = 500;

/** What is on its way to one viewer: an event of their own upstream, or one of the topic that is to be finished for them. */
type Underway = ReceivedEvent | { readonly shared: SharedJoin };

/** Makes payloads of what is under way, in order, with one join for all events. */
function createViewerQueue(
  { operation, parts, listener }: TopicViewerOptions,
  onOverflow: () => void,
): BatchQueue<Underway> {
  const { format, metrics, settings } = parts;
  const { context, variables } = operation;

  async function payloadsOf(items: readonly Underway[]): Promise<EventPayload[]> {
    const events = items.filter((item) => 'answer' in item);
    const answers = events.map(({ answer }) => answer);
    const [own, finished] = await Promise.all([
      answers.length > 0 ? operation.prepared.join(answers, variables, context) : [],
      Promise.all(items.flatMap((item) => ('shared' in item ? [item.shared.finishFor(context)] : []))),
    ]);
    settled(events, parts);
    const [ownInOrder, finishedInOrder] = [own.values(), finished.values()];
    return items.flatMap((item) => {
      const { value } = ('shared' in item ? finishedInOrder : ownInOrder).next();
      return value ? [toPayload(value, format)] : [];
    });
  }

  return createBatchQueue<Underway, EventPayload>({
    async work(items) {
      try {
        return await withRequestTrace(context.trace, () => payloadsOf(items));
      } catch (error) {
        const fault = faultPayload(error, format);
        return items.map(() => fault);
      }
    },
    deliver(payloads) {
      metrics.events.inc(payloads.length);
      listener.next(payloads);
    },
    maxWaiting: settings.maxQueuedEvents,
    onOverflow,
    gauge: metrics.queuedEvents,
  });
}

/**
 * One viewer's subscription to what all who listen see alike. Their own upstream authorises them and replays; then they
 * listen to the topic, and of their own upstream only its end is heeded: that is how the subgraph takes the right away.
 * When it is lost they leave the topic, as nobody watches over their right meanwhile, and begin again behind the last event.
 */
export function createTopicViewer(options: TopicViewerOptions): Listening {
  const { operation, listener, parts } = options;
  const { metrics, format } = parts;
  const { variables, context } = operation;
  const start = operation.plan.startOf(variables);
  let cursor: string | undefined;
  let topic: LiveTopic | undefined;
  let mayAttach = true;
  /** Changes whenever a handover that is under way is no longer wanted. */
  let stay = 0;

  /** Made when there is something to put in: thousands who only listen to the topic don't each need one. */
  let queue: BatchQueue<Underway> | undefined;

  function push(item: Underway): void {
    queue ??= createViewerQueue(options, () => {
      metrics.queueOverflows.inc({ upstream: 'viewer' });
      end([formattedError(new SubscriberTooSlowError(), format)]);
    });
    queue.push(item);
  }

  function whenDrained(callback: () => void): void {
    if (queue) queue.whenDrained(callback);
    else callback();
  }

  const member: TopicMember = {
    take({ payloads, entries }) {
      if (payloads.length > 0) listener.next(payloads);
      else for (const { result } of entries) if ('shared' in result) push(result);
    },
    fail(failure, place) {
      topic = undefined;
      cursor = place.cursor ?? cursor;
      if (failure === 'refused') mayAttach = false;
      upstream.restart(TOPIC_GONE_SPREAD_MS);
    },
  };

  function leaveTopic(): void {
    stay += 1;
    const left = topic;
    topic = undefined;
    cursor = left?.detach(member).cursor ?? cursor;
  }

  function stop(): void {
    leaveTopic();
    upstream.stop();
    queue?.stop();
  }

  function end(errors: readonly GraphQLFormattedError[] | undefined): void {
    stop();
    listener.end(errors);
  }

  function handOver(name: string, position: number): void {
    stay += 1;
    const own = stay;
    whenDrained(() => {
      if (own !== stay) return;
      queue = undefined;
      const found = options.topicFor(operation, name, position);
      topic = found;
      if (found.attach(member, position)) return;
      topic = undefined;
      upstream.restart();
    });
  }

  function canResume(): boolean {
    return operation.plan.isResumable && (cursor ?? start) !== undefined;
  }

  const upstream = createResumableUpstream({
    patienceMs: parts.settings.resumePatienceMs,
    canResume,
    onResume() {
      leaveTopic();
      metrics.resumes.inc({ subgraph: operation.plan.service });
    },
    async beforeResume() {
      if (operation.isCurrent) return true;
      await new Promise<void>((resolve) => whenDrained(resolve));
      const errors = await operation.renew();
      if (errors) end(errors);
      mayAttach = operation.prepared.isPrimarySeenAlike;
      return errors === undefined;
    },
    open(sink, isPatient) {
      const { service, query, operationName, variablesFor } = operation.plan;
      const live = mayAttach ? ({ mode: 'attach' } as const) : undefined;
      const subscription = { service, query, operationName, variables: variablesFor(variables, cursor), live };
      return openUpstream(parts, subscription, context, sink, isPatient);
    },
    onEvent({ answer, live }) {
      if (live?.topic !== undefined) {
        cursor = live.cursor ?? cursor;
        return handOver(live.topic, live.position);
      }
      if (!answer || (topic && answer.data)) return;
      // The subgraph's last word: whatever the topic still has is not for this viewer.
      if (topic) leaveTopic();
      cursor = operation.plan.takeCursor(answer) ?? cursor;
      push(received(answer, operation.plan.service, parts));
    },
    onEnd(ending) {
      leaveTopic();
      whenDrained(() => end(errorsOf(ending, operation.plan.service, format)));
    },
  });

  return {
    leave: stop,
    moveTo(renewed) {
      if (operation.isCurrent) return;
      operation.offer(renewed);
      // Also when it could go on as it is: the topic it listens to is joined by the old plan.
      if (canResume()) upstream.restart();
    },
  };
}
