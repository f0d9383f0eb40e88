import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import type { GatewayContext } from '../context.ts';
import type { SubgraphTransport } from './subgraph-transport.ts';

/** One subgraph as the stock executor calls it. Never rejects: what goes wrong is in the answer. */
export interface SubgraphSource extends GraphQLDataSource {
  readonly name: string;
  readonly url: string;
}

/** What the planner writes begins with the kind of operation, or with `{` for a query. */
const operationTypeOf = (query: string) => (query.startsWith('mutation') ? 'mutation' : 'query');

/**
 * Lets the stock executor call through a transport. It writes into the answers it gets: the transport must not share them.
 */
export function createSubgraphSource(
  { name, url }: { readonly name: string; readonly url: string },
  transport: SubgraphTransport,
): SubgraphSource {
  return {
    name,
    url,
    async process({
      request: { query = '', variables = {}, operationName, http },
      context,
    }: GraphQLDataSourceProcessOptions) {
      const { representations, ...others } = variables;
      const answer = await transport.send({
        service: name,
        operationType: operationTypeOf(query),
        query,
        operationName,
        variables: JSON.stringify(others),
        representations: Array.isArray(representations)
          ? representations.map((representation) => JSON.stringify(representation))
          : undefined,
        context: context as GatewayContext,
        includeTrace: http?.headers.get('apollo-federation-include-trace') === 'ftv1',
      });
      return answer as Awaited<ReturnType<GraphQLDataSource['process']>>;
    },
  };
}
