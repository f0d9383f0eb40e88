import type { Logger, OperationLimits } from '@postbook/service-kit';
import { GraphQLError, type ValidationRule } from 'graphql';
import { LRUCache } from 'lru-cache';
import { type ErrorFormatter, formatErrors } from '../errors/format-error.ts';
import type { PreparedSubscription } from '../execution/prepared-operation.ts';
import type { GraphGeneration } from '../graph/federated-graph.ts';
import { operationLimitsRule } from '../limits/operation-limits.ts';
import { parseDocument } from '../limits/parse-document.ts';
import { createListenerStream } from './listener-stream.ts';
import { createStockPreparedSubscription } from './stock-prepared-subscription.ts';
import type { SubscriptionEngine, SubscriptionToStart } from './subscription-engine.ts';
import type { SubscriptionExecutor, SubscriptionRequest } from './subscription-executor.ts';
import { planSubscription, readVariables, type SubscriptionPlan } from './subscription-plan.ts';

/** Options of {@link createEngineSubscriptionExecutor}. */
export interface EngineSubscriptionExecutorOptions {
  /** The supergraph in force. */
  readonly current: () => GraphGeneration;
  readonly engine: SubscriptionEngine;
  readonly limits: OperationLimits;
  readonly format: ErrorFormatter;
  /** Rules beyond the limits, such as one against introspection. */
  readonly rules?: readonly ValidationRule[];
  readonly log: Logger;
}

/** Planned subscriptions kept. */
const REMEMBERED_PLANS = 1_000;

interface Planned {
  readonly plan: SubscriptionPlan;
  readonly prepared: PreparedSubscription;
}

const keyOf = ({ query, operationName }: Pick<SubscriptionRequest, 'query' | 'operationName'>) =>
  `${operationName ?? ''}\n${query}`;

/** Prepares subscriptions with Apollo's planner and executor and runs them on the engine. */
export function createEngineSubscriptionExecutor(options: EngineSubscriptionExecutorOptions) {
  const { current, engine, limits, format, log } = options;
  const rules = [operationLimitsRule(limits), ...(options.rules ?? [])];
  const plans = new LRUCache<string, Planned>({ max: REMEMBERED_PLANS });
  let plannedFor: GraphGeneration | undefined;

  function prepare(request: Pick<SubscriptionRequest, 'query' | 'operationName'>): Planned | readonly GraphQLError[] {
    const generation = current();
    // Plans hold the whole supergraph they were made for: those of an old one must not keep it in memory.
    if (generation !== plannedFor) plans.clear();
    plannedFor = generation;
    const key = keyOf(request);
    const known = plans.get(key);
    if (known) return known;
    const document = parseDocument(request.query, limits.tokens);
    if (document instanceof GraphQLError) return [document];
    const plan = planSubscription({ generation, document, operationName: request.operationName, rules });
    if ('length' in plan) return plan;
    const planned = { plan, prepared: createStockPreparedSubscription(plan) };
    plans.set(key, planned);
    return planned;
  }

  const refuse = (errors: readonly unknown[]) => ({ errors: formatErrors(errors, format) });

  const executor: SubscriptionExecutor = {
    subscribe(request) {
      try {
        const planned = prepare(request);
        if ('length' in planned) return refuse(planned);
        const read = readVariables(planned.plan, request.variables);
        if ('errors' in read) return refuse(read.errors);
        const { operation, document } = planned.plan;
        const { prepared } = planned;
        const subscription = { prepared, operation, document, key: keyOf(request), context: request.context };
        return {
          events: createListenerStream((listener) =>
            engine.start({ ...subscription, variables: read.variables }, listener),
          ),
        };
      } catch (error) {
        log.error({ err: error }, 'a subscription could not be started');
        return refuse([error]);
      }
    },
  };

  return {
    ...executor,
    /** The engine's `renew`. */
    async renew({ key }: SubscriptionToStart): Promise<PreparedSubscription | undefined> {
      const [operationName, ...query] = key.split('\n');
      const planned = prepare({ query: query.join('\n'), operationName: operationName || undefined });
      return 'length' in planned ? undefined : planned.prepared;
    },
  };
}
