import { parentPort, workerData } from 'node:worker_threads';
import { operationFromDocument, ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals';
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner';
import { buildSchema, type GraphQLSchema, parse, printSchema, validateSchema } from 'graphql';
import { mendPlan } from './mend-plan.ts';
import { mendSupergraph } from './mend-supergraph.ts';
import type { PlannerMessage, PlannerSettings, PlanRequest } from './planner-messages.ts';
import { warmUpOperation } from './warm-up-operation.ts';

// The planner's thread. Planning is synchronous and can take seconds, so that it must be where it can be ended: whoever
// started the thread keeps the time. Also what a supergraph costs at loading is spent here, beside the event loop.

/**
 * Ways of fetching the same that are compared: beyond some, comparing costs more than the best of them could save. The
 * planner's own limit is 10,000, which takes seconds.
 */
const MAX_EVALUATED_PLANS = 100;

if (!parentPort) throw new Error('this file runs in a worker thread');
const port = parentPort;
const say = (message: PlannerMessage) => port.postMessage(message);
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

function load({ supergraphSdl, isValidated }: PlannerSettings) {
  // graphql-js checks a schema in a tenth of the time that Apollo's packages take for the same.
  const faults = isValidated ? validateSchema(buildSchema(supergraphSdl)) : [];
  if (faults[0]) throw faults[0];
  const options = { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, validateSupergraph: false };
  const original = Supergraph.build(supergraphSdl, options);
  const apiSchema = original.apiSchema();
  const apiSdl = printSchema(apiSchema.toGraphQLJSSchema());
  say({ type: 'loaded', apiSdl, subgraphs: original.subgraphsMetadata().map(({ name, url }) => ({ name, url })) });

  const mended = mendSupergraph(supergraphSdl);
  const supergraph = mended.isChanged ? Supergraph.build(mended.sdl, options) : original;
  const planner = new QueryPlanner(supergraph, {
    reuseQueryFragments: false,
    debug: { maxEvaluatedPlans: MAX_EVALUATED_PLANS },
  });
  const schemas = new Map<string, GraphQLSchema>();
  const schemaOf = (subgraph: string): GraphQLSchema => {
    const known = schemas.get(subgraph) ?? supergraph.subgraphs().get(subgraph)?.schema.toGraphQLJSSchema();
    if (!known) throw new Error(`a plan names a subgraph that isn't there: ${subgraph}`);
    schemas.set(subgraph, known);
    return known;
  };
  function plan({ document, operationName }: PlanRequest): QueryPlan {
    const name = operationName === undefined ? {} : { operationName };
    const operation = operationFromDocument(supergraph.apiSchema(), parse(document), name);
    return mendPlan(planner.buildQueryPlan(operation), { mended, schemaOf });
  }
  const warming = warmUpOperation(apiSchema.toGraphQLJSSchema());
  try {
    if (warming !== undefined) plan({ id: 0, document: warming, operationName: undefined });
  } catch {
    // What can't be planned is told to who asks for it.
  }
  return plan;
}

try {
  const plan = load(workerData as PlannerSettings);
  port.on('message', (request: PlanRequest) => {
    try {
      say({ type: 'planned', id: request.id, plan: JSON.stringify(plan(request)) });
    } catch (error) {
      say({ type: 'failed', id: request.id, message: messageOf(error) });
    }
  });
  say({ type: 'ready' });
} catch (error) {
  say({ type: 'refused', message: messageOf(error) });
}
