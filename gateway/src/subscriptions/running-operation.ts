import type { GraphQLFormattedError } from 'graphql';
import type { GatewayContext } from '../context.ts';
import type { PreparedSubscription, PrimaryFetch, Variables } from '../execution/prepared-operation.ts';
import type { SubscriptionToStart } from './subscription-engine.ts';
import type { UpstreamPlan } from './upstream-plan.ts';

/** What runs: an operation as it was prepared over the supergraph in force when it began, or when it was last resumed. */
export interface RunningOperation {
  readonly prepared: PreparedSubscription;
  readonly plan: UpstreamPlan;
  readonly variables: Variables;
  readonly context: GatewayContext;
  /** Whether it was prepared over the supergraph in force. */
  readonly isCurrent: boolean;
  /**
   * Prepares it over the supergraph in force, if that is possible just now: to be called while no event of the old one is
   * under way.
   *
   * @returns why it can't be run any more.
   */
  renew(): Promise<readonly GraphQLFormattedError[] | undefined>;
  /**
   * Takes what it was prepared to over the supergraph in force, if events of the upstream that is open can go through it.
   *
   * @returns whether it did; otherwise the next {@link renew} takes it.
   */
  offer(renewed: PreparedSubscription): boolean;
}

/** Options of {@link createRunningOperation}. */
export interface RunningOperationOptions {
  /** Grows with every supergraph. */
  readonly generation: () => number;
  readonly planOf: (prepared: PreparedSubscription) => UpstreamPlan;
  /** See `SharedSubscriptionEngineOptions.renew`; undefined when the operation isn't supported any more. */
  readonly renew: (subscription: SubscriptionToStart) => Promise<PreparedSubscription | undefined>;
  readonly unsupported: () => readonly GraphQLFormattedError[];
  /** Preparing failed, which says nothing about the operation: it keeps its plan. */
  readonly onFailure: (error: unknown) => void;
}

const isSameFetch = (one: PrimaryFetch, other: PrimaryFetch): boolean =>
  one.serviceName === other.serviceName && one.query === other.query && one.operationName === other.operationName;

/** Makes one. Holds no more of an old supergraph than the operation that runs over it. */
export function createRunningOperation(
  initial: SubscriptionToStart,
  options: RunningOperationOptions,
): RunningOperation {
  const { planOf } = options;
  let subscription = initial;
  let plan = planOf(subscription.prepared);
  let generation = options.generation();
  let offered: { readonly prepared: PreparedSubscription; readonly generation: number } | undefined;

  function take(prepared: PreparedSubscription, of: number): void {
    subscription = { ...subscription, prepared };
    plan = planOf(prepared);
    generation = of;
    offered = undefined;
  }

  return {
    get prepared() {
      return subscription.prepared;
    },
    get plan() {
      return plan;
    },
    variables: subscription.variables,
    context: subscription.context,
    get isCurrent() {
      return generation === options.generation();
    },
    async renew() {
      const renewedFor = options.generation();
      try {
        const isOffered = offered?.generation === renewedFor;
        const renewed = isOffered ? offered?.prepared : await options.renew(subscription);
        if (!renewed) return options.unsupported();
        take(renewed, renewedFor);
      } catch (error) {
        options.onFailure(error);
      }
      return undefined;
    },
    offer(renewed) {
      offered = { prepared: renewed, generation: options.generation() };
      if (!isSameFetch(renewed.primary, subscription.prepared.primary)) return false;
      take(renewed, offered.generation);
      return true;
    },
  };
}
