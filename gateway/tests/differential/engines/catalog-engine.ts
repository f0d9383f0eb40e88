import { createHash } from 'node:crypto';
import { silentLogger } from '@postbook/service-kit';
import { getOperationAST, getVariableValues } from 'graphql';
import type { GatewayContext } from '../../../src/context.ts';
import { createOperationCatalog } from '../../../src/execution/operation-catalog.ts';
import type { Variables } from '../../../src/execution/prepared-operation.ts';
import type { SubgraphTransport } from '../../../src/upstream/subgraph-transport.ts';
import type { Graph } from '../graphs.ts';
import type { ClientRequest } from '../reference.ts';
import type { Subgraphs } from '../world/subgraphs.ts';
import type { World } from '../world/world.ts';
import type { Engine } from './engine.ts';

/** Planning isn't what is tested here: on a busy machine no operation is to fail for the time it took. */
const PLANNING_BUDGET_MS = 2_000;

const contextOf = (): GatewayContext => ({
  trace: { requestId: 'r', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
  client: { ip: '127.0.0.1' },
});

/** The gateway's own executor, over a transport in this process. */
export async function createCatalogEngine(graph: Graph, subgraphsFor: (world: World) => Subgraphs): Promise<Engine> {
  const worlds = new WeakMap<GatewayContext, World>();
  const transport: SubgraphTransport = {
    async send({ service, query, operationName, variables, representations, context }) {
      const world = worlds.get(context);
      if (!world) throw new Error('a call was made with another context than the operation');
      const listed = representations ? { representations: representations.map((text) => JSON.parse(text)) } : {};
      const sent = { query, operationName, variables: { ...JSON.parse(variables), ...listed } };
      return subgraphsFor(world).answer(service, sent, world);
    },
  };
  const catalog = createOperationCatalog({
    supergraphSdl: graph.supergraphSdl,
    schema: graph.api,
    transport,
    log: silentLogger,
    planningBudgetMs: PLANNING_BUDGET_MS,
  });
  await catalog.ready;

  function coerce({ document, variables, operationName }: ClientRequest): Variables {
    const definitions = getOperationAST(document, operationName)?.variableDefinitions ?? [];
    const { coerced, errors } = getVariableValues(graph.api, definitions, variables);
    if (!coerced) throw new Error(`variables don't fit: ${errors.join('\n')}`);
    return coerced;
  }

  return {
    async execute(request, world) {
      const { document, query, operationName } = request;
      const key = createHash('sha256').update(`${operationName}\n${query}`).digest('base64');
      const prepared = await catalog.prepare({ document, operationName, key });
      if (prepared.kind !== 'request') throw new Error('no subscriptions are generated');
      const context = contextOf();
      worlds.set(context, world);
      const { data, errors } = await prepared.execute(coerce(request), context);
      return { data: JSON.parse(data), errors: errors.map((error) => error.toJSON()) };
    },
    close: () => catalog.close(),
  };
}
