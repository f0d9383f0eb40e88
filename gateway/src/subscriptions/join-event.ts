import { executeQueryPlan, type GraphQLDataSource } from '@apollo/gateway';
import type { GatewayContext } from '../context.ts';
import type { SubgraphAnswer } from '../upstream/subgraph-answer.ts';
import { reportBrokenPromises } from './broken-promises.ts';
import type { SubscriptionPlan } from './subscription-plan.ts';

type ExecutionRequest = Parameters<typeof executeQueryPlan>[2];

/** The primary subgraph for the length of one event: the first call is answered with the event, later ones are real. */
function answeredBy(event: SubgraphAnswer, plan: SubscriptionPlan): Record<string, GraphQLDataSource> {
  const { sources } = plan.generation;
  const { serviceName, operation } = plan.primary;
  let isDelivered = false;
  return {
    ...sources,
    [serviceName]: {
      async process(options) {
        if (isDelivered || options.request.query !== operation) {
          const source = sources[serviceName];
          if (!source) throw new Error(`no source for ${serviceName}`);
          return source.process(options);
        }
        isDelivered = true;
        return event as Awaited<ReturnType<GraphQLDataSource['process']>>;
      },
    },
  };
}

/** Joins one event with what the operation asks of other subgraphs. */
export async function joinEvent(
  plan: SubscriptionPlan,
  event: SubgraphAnswer,
  variables: Readonly<Record<string, unknown>>,
  context: GatewayContext,
): Promise<ReturnType<typeof reportBrokenPromises>> {
  // The executor uses no more of Apollo Server's request context than this.
  const request = { request: { variables }, context, metrics: {} } as unknown as ExecutionRequest;
  const { supergraphSchema, planningSchema } = plan.generation.local;
  const outcome = await executeQueryPlan(
    plan.perEvent,
    answeredBy(event, plan),
    request,
    plan.operationContext,
    supergraphSchema,
    planningSchema,
    {},
  );
  return reportBrokenPromises(outcome);
}
