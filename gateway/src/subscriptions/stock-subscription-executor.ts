import { type Logger, type OperationLimits, withRequestTrace } from '@postbook/service-kit/edge';
import { type FormattedExecutionResult, GraphQLError, type GraphQLFormattedError, type ValidationRule } from 'graphql';
import { LRUCache } from 'lru-cache';
import { type ErrorFormatter, formatErrors } from '../errors/format-error.ts';
import { SubscriberTooSlowError } from '../errors/gateway-errors.ts';
import type { GraphGeneration } from '../graph/federated-graph.ts';
import { operationLimitsRule } from '../limits/operation-limits.ts';
import { parseDocument } from '../limits/parse-document.ts';
import type { GatewayMetrics } from '../telemetry/gateway-metrics.ts';
import type { SubgraphAnswer } from '../upstream/subgraph-answer.ts';
import type { SubgraphSockets } from '../upstream/subgraph-sockets.ts';
import { createEventStream } from './event-stream.ts';
import { joinEvent } from './join-event.ts';
import type { SubscriptionExecutor, SubscriptionRequest } from './subscription-executor.ts';
import { planSubscription, readVariables, type SubscriptionPlan, variablesOf } from './subscription-plan.ts';

/** Options of {@link createStockSubscriptionExecutor}. */
export interface StockSubscriptionExecutorOptions {
  /** The supergraph in force. */
  readonly current: () => GraphGeneration;
  readonly sockets: SubgraphSockets;
  readonly limits: OperationLimits;
  readonly maxQueuedEvents: number;
  readonly format: ErrorFormatter;
  /** Rules beyond the limits, such as one against introspection. */
  readonly rules?: readonly ValidationRule[];
  readonly metrics: GatewayMetrics;
  readonly log: Logger;
}

/** Planned subscriptions kept. */
const REMEMBERED_PLANS = 1_000;

/**
 * The simple engine: one upstream subscription and one execution per event for each client. Plans are kept per
 * supergraph, and a running subscription stays with the supergraph it was planned for, so that a reload ends none.
 */
export function createStockSubscriptionExecutor(options: StockSubscriptionExecutorOptions): SubscriptionExecutor {
  const { current, sockets, limits, format, metrics, log } = options;
  const rules = [operationLimitsRule(limits), ...(options.rules ?? [])];
  const plans = new LRUCache<string, SubscriptionPlan>({ max: REMEMBERED_PLANS });
  let plannedFor: GraphGeneration | undefined;

  function plan({ query, operationName }: SubscriptionRequest): SubscriptionPlan | readonly GraphQLError[] {
    const generation = current();
    // Plans hold the whole supergraph they were made for: those of an old one must not keep it in memory.
    if (generation !== plannedFor) plans.clear();
    plannedFor = generation;
    const key = `${operationName ?? ''}\n${query}`;
    const known = plans.get(key);
    if (known) return known;
    const document = parseDocument(query, limits.tokens);
    if (document instanceof GraphQLError) return [document];
    const made = planSubscription({ generation, document, operationName, rules });
    if (!('length' in made)) plans.set(key, made);
    return made;
  }

  const refuse = (errors: readonly unknown[]) => ({ errors: formatErrors(errors, format) });

  function start(made: SubscriptionPlan, variables: Record<string, unknown>, { context }: SubscriptionRequest) {
    const { primary, generation } = made;
    const source = generation.sources[primary.serviceName];
    if (!source) throw new Error(`no source for ${primary.serviceName}`);

    async function join(event: SubgraphAnswer): Promise<FormattedExecutionResult> {
      const { data, errors } = await withRequestTrace(context.trace, () => joinEvent(made, event, variables, context));
      metrics.events.inc();
      return { data: data ?? null, ...(errors ? { errors: formatErrors(errors, format) } : {}) };
    }

    return createEventStream({
      maxQueued: options.maxQueuedEvents,
      overflow: () => errorOf(new SubscriberTooSlowError(), format),
      join: (event) => join(event).catch((error: unknown) => ({ data: null, errors: formatErrors([error], format) })),
      open(sink) {
        metrics.subscriptions.inc();
        const subscription = {
          query: primary.operation,
          operationName: primary.operationName,
          variables: variablesOf(primary, variables),
        };
        const close = sockets.subscribe(source, subscription, context, {
          ...sink,
          fail: (errors) => sink.fail(errors.map((error) => format(error, undefined))),
        });
        return () => {
          metrics.subscriptions.dec();
          close();
        };
      },
    });
  }

  return {
    subscribe(request) {
      try {
        const made = plan(request);
        if ('length' in made) return refuse(made);
        const read = readVariables(made, request.variables);
        return 'errors' in read ? refuse(read.errors) : { events: start(made, read.variables, request) };
      } catch (error) {
        log.error({ err: error }, 'a subscription could not be started');
        return refuse([error]);
      }
    },
  };
}

const errorOf = (error: Error, format: ErrorFormatter): GraphQLFormattedError => {
  const wrapped = new GraphQLError(error.message, { originalError: error });
  return format(wrapped.toJSON(), wrapped);
};
