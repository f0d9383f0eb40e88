import type { GraphQLDataSource } from '@apollo/gateway';
import type { SubgraphAnswer } from '../upstream/subgraph-answer.ts';
import type { SubgraphSource } from '../upstream/subgraph-source.ts';
import type { SubgraphTransport } from '../upstream/subgraph-transport.ts';

/** Carries calls over the sources of subgraphs. */
export function createSourceTransport(sourceOf: (service: string) => SubgraphSource | undefined): SubgraphTransport {
  return {
    async send({ service, query, operationName, variables, representations, context }) {
      const source = sourceOf(service);
      if (!source) throw new Error(`a plan names a subgraph without a source: ${service}`);
      const known = JSON.parse(variables) as Record<string, unknown>;
      const entities = representations?.map((text) => JSON.parse(text) as unknown);
      const request = { query, operationName, variables: entities ? { ...known, representations: entities } : known };
      const options = { request, context } as unknown as Parameters<GraphQLDataSource['process']>[0];
      return (await source.process(options)) as SubgraphAnswer;
    },
  };
}
