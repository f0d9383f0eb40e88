import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import { IDENTITY_HEADER, type IdentitySigner, type Logger, type OperationType } from '@postbook/service-kit/edge';
import { type Dispatcher, request } from 'undici';
import type { GatewayContext } from '../context.ts';
import type { GatewayMetrics } from '../telemetry/gateway-metrics.ts';
import { readAnswer, type SubgraphAnswer, type SubgraphCall, unavailableAnswer } from './subgraph-answer.ts';
import type { SubgraphStates } from './subgraph-states.ts';

/** One subgraph over HTTP, as the executor calls it. Never rejects: what goes wrong is in the answer. */
export interface SubgraphSource extends GraphQLDataSource {
  readonly name: string;
  readonly url: string;
}

/** What all sources share. */
export interface SubgraphSourceOptions {
  /** Keep-alive connections. */
  readonly dispatcher: Dispatcher;
  readonly timeoutMs: number;
  /** Absent when calls aren't signed. */
  readonly signer: IdentitySigner | undefined;
  readonly log: Logger;
  readonly metrics: GatewayMetrics;
  readonly states: SubgraphStates;
}

/** What the planner writes begins with the kind of operation, or with `{` for a query. */
function operationTypeOf(query: string): OperationType {
  if (query.startsWith('mutation')) return 'mutation';
  return query.startsWith('subscription') ? 'subscription' : 'query';
}

/** Headers of a call; the signature is over the exact body. */
function headersFor(
  name: string,
  query: string,
  body: string,
  context: GatewayContext,
  signer: IdentitySigner | undefined,
) {
  const identity = signer?.sign({
    audience: name,
    operationType: operationTypeOf(query),
    body,
    viewer: context.viewer,
    client: context.client,
  });
  return {
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json;q=0.9',
    'x-request-id': context.trace.requestId,
    traceparent: context.trace.traceparent,
    ...(identity === undefined ? {} : { [IDENTITY_HEADER]: identity }),
  };
}

/** Makes the source of one subgraph. */
export function createSubgraphSource(
  subgraph: { readonly name: string; readonly url: string },
  options: SubgraphSourceOptions,
): SubgraphSource {
  const { name, url } = subgraph;
  const { dispatcher, timeoutMs, signer, log, metrics, states } = options;

  async function post(call: SubgraphCall & { operationName?: string | undefined }, context: GatewayContext) {
    const body = JSON.stringify({ query: call.query, operationName: call.operationName, variables: call.variables });
    const response = await request(url, {
      dispatcher,
      method: 'POST',
      headers: headersFor(name, call.query, body, context, signer),
      body,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.body.text();
    const answer = readAnswer(JSON.parse(text), call);
    if (!answer) throw new Error(`the subgraph answered ${response.statusCode} without data or errors`);
    return answer;
  }

  async function answer(call: SubgraphCall, context: GatewayContext): Promise<SubgraphAnswer> {
    const observe = metrics.upstreamDuration.startTimer({ subgraph: name });
    try {
      const result = await post(call, context);
      states.record(name, true);
      observe({ outcome: result.errors ? 'errors' : 'ok' });
      return result;
    } catch (error) {
      // The address is for the log only: clients learn the subgraph's name.
      log.warn({ err: error, subgraph: name, url }, 'a subgraph did not answer');
      states.record(name, false);
      observe({ outcome: 'unavailable' });
      return unavailableAnswer(name, call);
    }
  }

  return {
    name,
    url,
    async process({ request: { query = '', variables, operationName }, context }: GraphQLDataSourceProcessOptions) {
      const call = { query, variables: variables as SubgraphCall['variables'], operationName };
      return (await answer(call, context as GatewayContext)) as Awaited<ReturnType<GraphQLDataSource['process']>>;
    },
  };
}
