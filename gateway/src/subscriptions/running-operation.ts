import type { GraphQLFormattedError } from 'graphql';
import type { GatewayContext } from '../context.ts';
import type { PreparedSubscription, Variables } from '../execution/prepared-operation.ts';
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
  /** Prepares it over the supergraph in force, if that is possible just now. @returns why it can't be run any more. */
  renew(): Promise<readonly GraphQLFormattedError[] | undefined>;
}

/** Options of {@link createRunningOperation}. */
export interface RunningOperationOptions {
  readonly subscription: SubscriptionToStart;
  /** Grows with every supergraph. */
  readonly generation: () => number;
  readonly planOf: (prepared: PreparedSubscription) => UpstreamPlan;
  /** See `SharedSubscriptionEngineOptions.renew`; undefined when the operation isn't supported any more. */
  readonly renew: (subscription: SubscriptionToStart) => Promise<PreparedSubscription | undefined>;
  readonly unsupported: () => readonly GraphQLFormattedError[];
  /** Preparing failed, which says nothing about the operation: it keeps its plan. */
  readonly onFailure: (error: unknown) => void;
}

/** Makes one. Holds no more of an old supergraph than the operation that runs over it. */
export function createRunningOperation(options: RunningOperationOptions): RunningOperation {
  const { subscription, planOf } = options;
  let { prepared } = subscription;
  let plan = planOf(prepared);
  let generation = options.generation();
  return {
    get prepared() {
      return prepared;
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
      let renewed: PreparedSubscription | undefined;
      try {
        renewed = await options.renew(subscription);
      } catch (error) {
        options.onFailure(error);
        return undefined;
      }
      if (!renewed) return options.unsupported();
      prepared = renewed;
      plan = planOf(renewed);
      generation = renewedFor;
      return undefined;
    },
  };
}
