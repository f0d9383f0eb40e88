import type { ApolloServerOptions } from '@apollo/server';
import type { Logger } from '@postbook/service-kit/edge';
import type { GraphQLSchema } from 'graphql';
import type { GatewayContext } from '../context.ts';
import type { Admissions } from '../policy/admissions.ts';
import type { PlanMetrics } from '../telemetry/plan-metrics.ts';
import type { SubgraphAddress } from '../upstream/subgraph-sockets.ts';
import type { SubgraphTransport } from '../upstream/subgraph-transport.ts';
import { createGraphExecutor } from './graph-executor.ts';
import {
  type GraphGeneration,
  type KnownOperation,
  loadGeneration,
  type PlanningConfig,
  warmUp,
} from './graph-generation.ts';
import { openSupergraphFile, type SupergraphFile } from './supergraph-file.ts';

export type { GraphGeneration, PlanningConfig } from './graph-generation.ts';

/** The part of Apollo Server's options that takes a gateway. */
type GatewayForApollo = NonNullable<ApolloServerOptions<GatewayContext>['gateway']>;
type SchemaListener = Parameters<GatewayForApollo['onSchemaLoadOrUpdate']>[0];

/** The graph, followed through reloads of its file. */
export interface FederatedGraph {
  /** To be given to Apollo Server, which loads and stops it. */
  readonly forApollo: GatewayForApollo;
  /** The supergraph in force. Throws before it is loaded. */
  current(): GraphGeneration;
  /** The supergraph that a schema belongs to: a reload may come between an operation's validation and its execution. */
  of(schema: GraphQLSchema): GraphGeneration;
  /** Where a subgraph in force is. */
  addressOf(service: string): SubgraphAddress | undefined;
}

/** Options of {@link createFederatedGraph}. */
export interface FederatedGraphOptions {
  readonly supergraphPath: string;
  readonly planning: PlanningConfig;
  /** Opens the supergraph elsewhere than in a file; follows it as {@link openSupergraphFile} does. */
  readonly openSupergraph?: ((onChange: (sdl: string) => void) => Promise<SupergraphFile>) | undefined;
  readonly log: Logger;
  /** Carries the calls of queries and mutations. */
  readonly transport: SubgraphTransport;
  /** See {@link GenerationOptions.isKept}. */
  readonly isKept: (query: string) => boolean;
  /** Where subgraphs are, by name, when that differs from the supergraph's own URLs. */
  readonly subgraphUrls: Readonly<Record<string, string>>;
  readonly metrics: PlanMetrics;
  /** What clients are known to send; planned before a supergraph takes over. */
  readonly knownOperations: () => readonly KnownOperation[];
  /** What the gate decided about operations that come by Apollo Server. */
  readonly admissions: Pick<Admissions, 'of'>;
}

/**
 * Milliseconds for which a supergraph that was replaced still plans what was validated before. Its planner takes tens of
 * megabytes, so not for long.
 */
const RETIRED_FOR_MS = 5_000;

/** Loads the supergraph from its file and swaps it whole when the file changes. */
export function createFederatedGraph(options: FederatedGraphOptions): FederatedGraph {
  const { log } = options;
  const listeners = new Set<SchemaListener>();
  /** By the schema that Apollo Server validated with: a reload may come between validation and execution. */
  const generations = new WeakMap<GraphQLSchema, GraphGeneration>();
  const retired = new Map<GraphGeneration, NodeJS.Timeout>();
  let generation: GraphGeneration | undefined;
  let file: SupergraphFile | undefined;
  let reloading: Promise<void> = Promise.resolve();

  async function close(old: GraphGeneration): Promise<void> {
    clearTimeout(retired.get(old));
    retired.delete(old);
    await old.catalog.close();
  }

  function retire(old: GraphGeneration): void {
    const timer = setTimeout(() => {
      close(old).catch((error: unknown) => log.error({ err: error }, 'an old planner could not be ended'));
    }, RETIRED_FOR_MS);
    retired.set(old, timer.unref());
  }

  function takeOver(next: GraphGeneration): void {
    if (generation) retire(generation);
    generation = next;
    generations.set(next.schema, next);
    for (const listener of listeners) listener({ apiSchema: next.schema, coreSupergraphSdl: next.supergraphSdl });
  }

  async function reload(sdl: string): Promise<void> {
    try {
      const next = await loadGeneration(sdl, options);
      await warmUp(next, options.knownOperations(), generation);
      takeOver(next);
      log.info('the supergraph was reloaded');
    } catch (error) {
      log.error({ err: error }, 'the changed supergraph is not usable; the one before stays');
    }
  }

  const current = () => {
    if (!generation) throw new Error('the supergraph is not loaded yet');
    return generation;
  };

  const of = (schema: GraphQLSchema) => generations.get(schema) ?? current();

  return {
    forApollo: {
      async load() {
        const onChange = (sdl: string) => {
          // One after the other: an older one that takes longer mustn't replace a newer one.
          reloading = reloading.then(() => reload(sdl));
        };
        const open =
          options.openSupergraph ?? (() => openSupergraphFile({ path: options.supergraphPath, log, onChange }));
        file = await open(onChange);
        try {
          takeOver(await loadGeneration(file.sdl, options));
          // Beside the first requests: nobody waits for it.
          warmUp(current(), options.knownOperations()).catch((error: unknown) =>
            log.warn({ err: error }, 'known operations could not be planned beforehand'),
          );
        } catch (error) {
          file.close();
          throw error;
        }
        const executor = createGraphExecutor(of, options.admissions);
        return { schema: current().schema, executor: (request) => executor.execute(request) };
      },
      onSchemaLoadOrUpdate(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      async stop() {
        file?.close();
        await reloading;
        await Promise.all([...retired.keys(), ...(generation ? [generation] : [])].map(close));
      },
    },
    current,
    of,
    addressOf(service) {
      const found = generation?.subgraphs.find(({ name }) => name === service);
      return found && { name: service, url: options.subgraphUrls[service] ?? found.url };
    },
  };
}
