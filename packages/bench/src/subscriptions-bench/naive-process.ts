import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { operationFromDocument, Supergraph } from '@apollo/federation-internals';
import {
  buildOperationContext,
  executeQueryPlan,
  type GraphQLDataSource,
  type GraphQLDataSourceProcessOptions,
  RemoteGraphQLDataSource,
} from '@apollo/gateway';
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner';
import { createIdentitySigner, subscriptionBody, type Viewer } from '@postbook/service-kit';
import { type ExecutionResult, parse } from 'graphql';
import { createClient } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocket, WebSocketServer } from 'ws';
import { endWithParent } from '../processes/commands.ts';

/**
 * Federated subscriptions as one would write them first: for each subscriber an upstream subscription, for each event and
 * subscriber an execution of the rest of the plan by Apollo's executor. The argument says, as JSON, over which graph.
 */

endWithParent();
const { supergraphPath, identitySecret } = JSON.parse(process.argv[2] ?? '') as {
  supergraphPath: string;
  identitySecret: string;
};
const supergraph = Supergraph.build(await readFile(supergraphPath, 'utf8'));
const planner = new QueryPlanner(supergraph);
const planningSchema = supergraph.apiSchema();
const schema = planningSchema.toGraphQLJSSchema();
const supergraphSchema = supergraph.schema.toGraphQLJSSchema();
const signer = createIdentitySigner({ secret: identitySecret });
const urls = new Map([...supergraph.subgraphsMetadata()].map(({ name, url }) => [name, url]));
const sources = Object.fromEntries([...urls].map(([name, url]) => [name, new RemoteGraphQLDataSource({ url })]));

/** The primary fetch of a subscription and what follows each event, planned once for each text. */
function planOf(query: string) {
  const document = parse(query);
  const { node } = planner.buildQueryPlan(operationFromDocument(planningSchema, document));
  if (node?.kind !== 'Subscription') throw new Error('no subscription');
  const { primary, rest } = node;
  const plan: QueryPlan = { kind: 'QueryPlan', node: rest ? { kind: 'Sequence', nodes: [primary, rest] } : primary };
  return { primary, plan, operation: buildOperationContext({ schema, operationDocument: document }) };
}

type Plan = ReturnType<typeof planOf>;
const plans = new Map<string, Plan>();
const upstreams = new Map(
  [...urls].map(([name, url]) => [
    name,
    createClient({ url: url.replace(/^http/, 'ws'), webSocketImpl: WebSocket, lazyCloseTimeout: 60_000 }),
  ]),
);

/** The plan's services for one event: the first is answered by the event. */
function answeredBy(event: ExecutionResult, { primary }: Plan): Record<string, GraphQLDataSource> {
  const first: GraphQLDataSource = {
    process: async () => event as Awaited<ReturnType<GraphQLDataSource['process']>>,
  };
  return { ...sources, [primary.serviceName]: first };
}

async function join(event: ExecutionResult, plan: Plan, variables: Record<string, unknown>): Promise<ExecutionResult> {
  const request = { request: { variables }, context: {}, metrics: {} } as unknown as Parameters<
    typeof executeQueryPlan
  >[2] &
    GraphQLDataSourceProcessOptions;
  const services = answeredBy(event, plan);
  const result = await executeQueryPlan(
    plan.plan,
    services,
    request,
    plan.operation,
    supergraphSchema,
    planningSchema,
    {},
  );
  return result as ExecutionResult;
}

/** The events of one subscriber. Written by hand, as a generator's `return()` waits for the next event. */
function subscribe(query: string, variables: Record<string, unknown>): AsyncIterableIterator<ExecutionResult> {
  const plan = plans.get(query) ?? planOf(query);
  plans.set(query, plan);
  const viewer: Viewer = { userId: randomUUID(), sessionId: randomUUID(), role: 'User', scopes: [] };
  const operation = { query: plan.primary.operation, variables };
  const identity = signer.sign({
    audience: plan.primary.serviceName,
    operationType: 'subscription',
    body: subscriptionBody(operation),
    viewer,
  });
  const upstream = upstreams.get(plan.primary.serviceName);
  if (!upstream) throw new Error(`no subgraph ${plan.primary.serviceName}`);
  const events = upstream.iterate({ ...operation, extensions: { identity } });
  const joined: AsyncIterableIterator<ExecutionResult> = {
    [Symbol.asyncIterator]: () => joined,
    async next() {
      const event = await events.next();
      if (event.done) return { done: true, value: undefined };
      return { done: false, value: await join(event.value as ExecutionResult, plan, variables) };
    },
    async return() {
      void events.return?.();
      return { done: true, value: undefined };
    },
  };
  return joined;
}

const server = createServer();
const sockets = new WebSocketServer({ server, path: '/graphql', perMessageDeflate: false });
useServer(
  {
    schema,
    onSubscribe: (_context, _id, { query, variables }) => ({
      schema,
      document: parse(query),
      contextValue: { query, variables: variables ?? {} },
    }),
    subscribe: ({ contextValue }) => {
      const { query, variables } = contextValue as { query: string; variables: Record<string, unknown> };
      return subscribe(query, variables);
    },
  },
  sockets,
  // Pings would only end subscribers of a process that is busy, which this one is.
  0,
);
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ type: 'ready', url: `http://127.0.0.1:${port}/graphql` });
});
