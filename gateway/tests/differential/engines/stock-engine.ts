import { ApolloGateway, type GraphQLDataSource } from '@apollo/gateway';
import { type GraphQLError, Kind, type OperationDefinitionNode } from 'graphql';
import type { Graph } from '../graphs.ts';
import type { Subgraphs } from '../world/subgraphs.ts';
import type { World } from '../world/world.ts';
import type { Engine } from './engine.ts';

type ExecutorRequest = Parameters<ApolloGateway['executor']>[0];

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** @apollo/gateway as it is, over data sources in this process. */
export async function createStockEngine(graph: Graph, subgraphsFor: (world: World) => Subgraphs): Promise<Engine> {
  const gateway = new ApolloGateway({
    supergraphSdl: graph.supergraphSdl,
    logger: silent,
    buildService: ({ name }): GraphQLDataSource => ({
      async process({ request: { query = '', variables = {}, operationName }, context }) {
        const { world } = context as { world: World };
        const answer = await subgraphsFor(world).answer(name, { query, variables, operationName }, world);
        return answer as Awaited<ReturnType<GraphQLDataSource['process']>>;
      },
    }),
  });
  const { executor, schema } = await gateway.load();

  return {
    async execute({ document, query, variables, operationName }, world) {
      const operation = document.definitions.find(
        (node): node is OperationDefinitionNode =>
          node.kind === Kind.OPERATION_DEFINITION && (!operationName || node.name?.value === operationName),
      );
      const request = {
        document,
        operation,
        operationName: operationName ?? null,
        request: { query, variables, operationName },
        queryHash: query,
        source: query,
        context: { world },
        logger: silent,
        metrics: {},
        schema,
        cache: new Map(),
        overallCachePolicy: {},
      };
      const outcome = await executor(request as unknown as ExecutorRequest);
      // It says of a broken promise beside the errors, in an extension: that is let pass for an error.
      const broken = (outcome.extensions?.valueCompletion ?? []) as readonly GraphQLError[];
      const errors = [...(outcome.errors ?? []), ...broken];
      return JSON.parse(JSON.stringify({ data: outcome.data ?? null, errors }));
    },
    close: () => gateway.stop(),
  };
}
