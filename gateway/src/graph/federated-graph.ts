import { type Schema, Supergraph } from '@apollo/federation-internals';
import { ApolloGateway } from '@apollo/gateway';
import type { QueryPlanner } from '@apollo/query-planner';
import type { ApolloServerOptions } from '@apollo/server';
import type { Logger } from '@postbook/service-kit';
import type { GraphQLSchema } from 'graphql';
import type { GatewayContext } from '../context.ts';
import { withoutSecurityLinks } from '../policy/security-links.ts';
import type { SubgraphSource } from '../upstream/subgraph-source.ts';
import type { FederatedExecutor } from './federated-executor.ts';
import { createStockExecutor } from './stock-executor.ts';
import { openSupergraphFile, type SupergraphFile } from './supergraph-file.ts';

/** One loaded supergraph: all that planning and executing over it need. Never changes; a reload makes another one. */
export interface GraphGeneration {
  /** What clients see. */
  readonly schema: GraphQLSchema;
  /** The supergraph as it was composed, directives of security included. */
  readonly supergraphSdl: string;
  /** The same for the planner. */
  readonly planningSchema: Schema;
  readonly supergraphSchema: GraphQLSchema;
  readonly planner: QueryPlanner;
  readonly sources: Readonly<Record<string, SubgraphSource>>;
}

/** The part of Apollo Server's options that takes a gateway. */
type GatewayForApollo = NonNullable<ApolloServerOptions<GatewayContext>['gateway']>;

/** The graph, followed through reloads of its file. */
export interface FederatedGraph {
  /** To be given to Apollo Server, which loads and stops it. */
  readonly forApollo: GatewayForApollo;
  /** The supergraph in force. Throws before it is loaded. */
  current(): GraphGeneration;
  /** Names and addresses of the subgraphs in force. */
  subgraphs(): readonly { readonly name: string; readonly url: string }[];
}

/** Options of {@link createFederatedGraph}. */
export interface FederatedGraphOptions {
  readonly supergraphPath: string;
  readonly log: Logger;
  /** Makes the source of a subgraph; asked once per name and address. */
  readonly createSource: (subgraph: { name: string; url: string }) => SubgraphSource;
  /** Replaces the stock executor. */
  readonly createExecutor?: (stock: FederatedExecutor, current: () => GraphGeneration) => FederatedExecutor;
}

/** Lines that @apollo/gateway repeats at every start are of interest only when looking for a fault. */
const quiet = (log: Logger) => ({
  debug: (message: unknown) => log.trace(String(message)),
  info: (message: unknown) => log.debug(String(message)),
  warn: (message: unknown) => log.warn(String(message)),
  error: (message: unknown) => log.error(String(message)),
});

/** Loads the supergraph from its file through @apollo/gateway and swaps it whole when the file changes. */
export function createFederatedGraph(options: FederatedGraphOptions): FederatedGraph {
  const { log } = options;
  const sources: Record<string, SubgraphSource> = {};
  let generation: GraphGeneration | undefined;
  let subgraphs: readonly { name: string; url: string }[] = [];
  let file: SupergraphFile | undefined;
  /** What was read last, and what @apollo/gateway was given of it. */
  let offered = { original: '', stripped: '' };
  const strip = (original: string) => {
    offered = { original, stripped: withoutSecurityLinks(original) };
    return offered.stripped;
  };

  const gateway = new ApolloGateway({
    logger: quiet(log),
    __exposeQueryPlanExperimental: false,
    buildService(definition) {
      const source = options.createSource({ name: definition.name, url: definition.url ?? '' });
      sources[definition.name] = source;
      return source;
    },
    async supergraphSdl({ update }) {
      const onChange = (sdl: string) => {
        update(strip(sdl));
        log.info('the supergraph was reloaded');
      };
      file = await openSupergraphFile({ path: options.supergraphPath, log, onChange });
      return { supergraphSdl: strip(file.sdl), cleanup: async () => file?.close() };
    },
  });

  gateway.onSchemaLoadOrUpdate(({ apiSchema, coreSupergraphSdl }) => {
    const supergraph = Supergraph.build(coreSupergraphSdl, { validateSupergraph: false });
    // The planner takes hundreds of milliseconds to build: the gateway's own one, just made, is shared.
    const planner = gateway.__testing().queryPlanner;
    if (!planner) throw new Error('@apollo/gateway has no query planner after a load: its version changed');
    subgraphs = supergraph.subgraphsMetadata();
    generation = {
      schema: apiSchema,
      supergraphSdl: coreSupergraphSdl === offered.stripped ? offered.original : coreSupergraphSdl,
      planningSchema: supergraph.apiSchema(),
      supergraphSchema: supergraph.schema.toGraphQLJSSchema(),
      planner,
      sources: Object.fromEntries(subgraphs.flatMap(({ name }) => (sources[name] ? [[name, sources[name]]] : []))),
    };
  });

  const current = () => {
    if (!generation) throw new Error('the supergraph is not loaded yet');
    return generation;
  };

  return {
    forApollo: {
      async load(loadOptions) {
        const { executor } = await gateway.load(loadOptions);
        const stock = createStockExecutor(executor);
        const chosen = options.createExecutor?.(stock, current) ?? stock;
        return { schema: current().schema, executor: (request) => chosen.execute(request) };
      },
      onSchemaLoadOrUpdate: (listener) => gateway.onSchemaLoadOrUpdate(listener),
      stop: () => gateway.stop(),
    },
    current,
    subgraphs: () => subgraphs,
  };
}
