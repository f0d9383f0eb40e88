import { type GraphQLFormattedError, type GraphQLSchema, Kind, visit } from 'graphql';
import { SchemaChangedError } from '../errors/gateway-errors.ts';
import type { PreparedSubscription } from '../execution/prepared-operation.ts';
import { type EngineParts, formattedError } from './engine-parts.ts';
import { createLiveTopic, type LiveTopic } from './live-topic.ts';
import { createRunningOperation, type RunningOperation, type RunningOperationOptions } from './running-operation.ts';
import { createSharedUpstream, type Listening, type SharedUpstream } from './shared-upstream.ts';
import type { SubscriptionEngine, SubscriptionListener, SubscriptionToStart } from './subscription-engine.ts';
import { createTopicViewer } from './topic-viewer.ts';
import { planUpstream, type UpstreamPlan } from './upstream-plan.ts';

/** Options of {@link createSubscriptionEngine}. */
export interface SharedSubscriptionEngineOptions extends EngineParts {
  /** The supergraph in force, with the syntax tree that it was built from. */
  readonly supergraph: () => GraphQLSchema;
  /**
   * Prepares a running subscription over the supergraph in force; undefined when that doesn't support it. Without this
   * function all keep the plan they were started with.
   */
  readonly renew?: ((subscription: SubscriptionToStart) => Promise<PreparedSubscription | undefined>) | undefined;
}

/** The engine with what its owner tells it besides. */
export interface SharedSubscriptionEngine extends SubscriptionEngine {
  /** Another supergraph is in force: what it no longer supports ends, the rest moves to it; both spread over time. */
  supergraphChanged(): Promise<void>;
}

/** A subscription that runs, as the engine knows it. */
interface Running {
  subscription: SubscriptionToStart;
  listening: Listening | undefined;
  /** Ends it for a reason of the gateway's. */
  end(errors: readonly GraphQLFormattedError[] | undefined, reason: string): void;
}

/** Reasons that are counted by name; codes of subgraphs are theirs, and unbounded. */
const OWN_CODES = new Set(['SUBGRAPH_UNAVAILABLE', 'SUBSCRIBER_TOO_SLOW', 'SCHEMA_CHANGED', 'INTERNAL_SERVER_ERROR']);

function reasonOf(errors: readonly GraphQLFormattedError[] | undefined): string {
  if (!errors) return 'completed';
  const code = String(errors[0]?.extensions?.code);
  return OWN_CODES.has(code) ? code : 'refused';
}

/** Names things that are compared by identity. */
function createNames() {
  const names = new WeakMap<object, number>();
  let last = 0;
  return (thing: object): number => {
    const known = names.get(thing);
    if (known !== undefined) return known;
    last += 1;
    names.set(thing, last);
    return last;
  };
}

/** Whether a variable is used at one place of the operation, all of its fragments included; false when they aren't known. */
function isUsedOnce({ operation, document }: SubscriptionToStart, name: string): boolean {
  let uses = 0;
  let hasSpread = false;
  visit(document ?? operation, {
    [Kind.VARIABLE](node) {
      if (node.name.value === name) uses += 1;
    },
    [Kind.FRAGMENT_SPREAD]() {
      hasSpread = true;
    },
  });
  // Once more where it is declared.
  return uses === 2 && (document !== undefined || !hasSpread);
}

/** Makes the engine. Nothing is opened before the first subscription. */
export function createSubscriptionEngine(options: SharedSubscriptionEngineOptions): SharedSubscriptionEngine {
  const { metrics, format, settings } = options;
  const plans = new WeakMap<PreparedSubscription, UpstreamPlan>();
  const nameOf = createNames();
  const running = new Set<Running>();
  const joinable = new Map<string, SharedUpstream>();
  const topics = new Map<string, LiveTopic>();
  const timers = new Set<NodeJS.Timeout>();
  let generation = 0;

  function planOf(prepared: PreparedSubscription): UpstreamPlan {
    const known = plans.get(prepared);
    if (known) return known;
    const plan = planUpstream(options.supergraph(), prepared.primary);
    plans.set(prepared, plan);
    return plan;
  }

  const cannotRenew = (error: unknown) =>
    options.log.error({ err: error }, 'a running subscription could not be prepared over the new supergraph');
  const unsupported = () => [formattedError(new SchemaChangedError(), format)];

  const operationOptions: RunningOperationOptions = {
    generation: () => generation,
    planOf,
    renew: options.renew ?? (async ({ prepared }) => prepared),
    unsupported,
    onFailure: cannotRenew,
  };

  /** The topic of an operation: a key without the cursor, and without the viewer. */
  function topicFor(operation: RunningOperation, topic: string, after: number): LiveTopic {
    const { prepared, plan, variables } = operation;
    const shared = Object.entries(variables).filter(([name]) => name !== plan.cursorVariable);
    const key = JSON.stringify([nameOf(prepared), shared, topic]);
    const known = topics.get(key);
    if (known) return known;
    const made = createLiveTopic({ operation, topic, after, parts: options, onClosed: () => topics.delete(key) });
    topics.set(key, made);
    return made;
  }

  /** Listens with others of the same identity who ask for the same, as long as there was no event. */
  function joinUpstream(subscription: SubscriptionToStart, listener: SubscriptionListener): Listening {
    const { prepared, variables, context } = subscription;
    const key = JSON.stringify([nameOf(prepared), variables, context.viewer ?? null]);
    const known = joinable.get(key);
    metrics.subscriptionsOpened.inc({ upstream: known ? 'joined' : 'own' });
    if (known) return known.join(listener);
    const operation = createRunningOperation(subscription, operationOptions);
    const made = createSharedUpstream({
      operation,
      parts: options,
      onClosed() {
        if (joinable.get(key) === made) joinable.delete(key);
      },
    });
    joinable.set(key, made);
    return made.join(listener);
  }

  function listen(subscription: SubscriptionToStart, listener: SubscriptionListener): Listening {
    const { prepared } = subscription;
    const plan = planOf(prepared);
    const isCursorAlone = plan.cursorVariable === undefined || isUsedOnce(subscription, plan.cursorVariable);
    if (!prepared.isPrimarySeenAlike || !plan.isResumable || !isCursorAlone)
      return joinUpstream(subscription, listener);
    metrics.subscriptionsOpened.inc({ upstream: 'topic' });
    const operation = createRunningOperation(subscription, operationOptions);
    return createTopicViewer({ operation, listener, parts: options, topicFor });
  }

  function later(milliseconds: number, work: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, milliseconds);
    timers.add(timer);
  }

  /** Moves running ones to a new supergraph, or ends them; not all in one moment, as each may cost its subgraph a call. */
  async function moveOn(alike: readonly Running[]): Promise<void> {
    const [first] = alike;
    if (!first || !options.renew) return;
    const renewedFor = generation;
    try {
      const renewed = await options.renew(first.subscription);
      for (const one of alike) {
        later(Math.random() * settings.reloadSpreadMs, () => {
          // Yet another supergraph has made its own decision.
          if (generation !== renewedFor) return;
          if (!renewed) return one.end(unsupported(), 'SCHEMA_CHANGED');
          one.subscription = { ...one.subscription, prepared: renewed };
          one.listening?.moveTo(renewed);
        });
      }
    } catch (error) {
      cannotRenew(error);
    }
  }

  return {
    start(subscription, listener) {
      let isOver = false;

      function close(reason: string): boolean {
        if (isOver) return false;
        isOver = true;
        running.delete(entry);
        metrics.subscriptions.dec();
        metrics.subscriptionsClosed.inc({ reason });
        entry.listening?.leave();
        return true;
      }

      const entry: Running = {
        subscription,
        listening: undefined,
        end(errors, reason) {
          if (close(reason)) listener.end(errors);
        },
      };
      running.add(entry);
      metrics.subscriptions.inc();
      try {
        entry.listening = listen(subscription, {
          next: (payloads) => listener.next(payloads),
          end: (errors) => entry.end(errors, reasonOf(errors)),
        });
        if (isOver) entry.listening.leave();
      } catch (error) {
        options.log.error({ err: error }, 'a subscription could not be started');
        entry.end([format({ message: 'The subscription could not be started.' }, error)], 'INTERNAL_SERVER_ERROR');
      }
      return { stop: () => void close('client') };
    },

    async supergraphChanged() {
      generation += 1;
      const byKey = Map.groupBy(running, ({ subscription }) => subscription.key);
      await Promise.all([...byKey.values()].map(moveOn));
    },

    async close() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      for (const one of [...running]) one.end(undefined, 'stopping');
    },
  };
}
