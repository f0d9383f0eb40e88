import type { Component, IdentitySigner, Logger } from '@postbook/service-kit/edge';
import type { GatewayConfig } from './config.ts';
import { createFederatedGraph, type FederatedGraph } from './graph/federated-graph.ts';
import type { KnownOperation } from './graph/graph-generation.ts';
import { openUplinkSupergraph } from './graph/uplink-supergraph.ts';
import type { Admissions } from './policy/admissions.ts';
import type { GatewayMetrics } from './telemetry/gateway-metrics.ts';
import { createFetchTraces, type FetchTraces } from './telemetry/studio/fetch-traces.ts';
import { createUpstream } from './upstream/create-upstream.ts';
import { createSubgraphSockets, type SubgraphSockets } from './upstream/subgraph-sockets.ts';
import type { SubgraphTransport } from './upstream/subgraph-transport.ts';

/** What {@link createUpstreamGraph} needs besides the configuration. */
export interface UpstreamGraphParts {
  readonly log: Logger;
  readonly metrics: GatewayMetrics;
  /** Absent when calls aren't signed. */
  readonly signer: IdentitySigner | undefined;
  readonly admissions: Pick<Admissions, 'of'>;
  /** See `FederatedGraphOptions`. */
  readonly knownOperations: () => readonly KnownOperation[];
  /** Takes the place of the calls of queries and mutations, for tests. */
  readonly transport?: SubgraphTransport | undefined;
}

/** The graph, and the ways to its subgraphs. */
export interface UpstreamGraph {
  readonly graph: FederatedGraph;
  readonly sockets: SubgraphSockets;
  /** Collects the traces of subgraphs for Apollo Studio; absent when that isn't used. */
  readonly traces: FetchTraces | undefined;
  /** In the order in which they start. */
  readonly components: readonly Component[];
}

/** Where entities are kept, when they are; standalone gateways have no Redis unless they name one. */
function entityCacheOf({ upstream: { entityCache }, auth }: GatewayConfig) {
  const redisUrl = entityCache.redisUrl ?? auth?.redisUrl;
  if (!entityCache.isOn || redisUrl === undefined) return undefined;
  return { redisUrl, redisNamespace: auth?.redisNamespace ?? 'pb', memoryBytes: entityCache.memoryBytes };
}

/** Puts the graph and what it reaches its subgraphs with together. */
export function createUpstreamGraph(config: GatewayConfig, parts: UpstreamGraphParts): UpstreamGraph {
  const { studio } = config;
  const upstream = createUpstream(config.upstream, {
    ...parts,
    urlOf: (service) => graph.addressOf(service)?.url,
    current: () => graph.current(),
    entityCache: entityCacheOf(config),
  });
  const traces = studio && createFetchTraces();
  const transport = parts.transport ?? upstream.transport;
  const graph: FederatedGraph = createFederatedGraph({
    supergraphPath: config.supergraphPath,
    openSupergraph: studio?.isUplink
      ? (onChange) => openUplinkSupergraph({ studio, log: parts.log, onChange })
      : undefined,
    subgraphUrls: config.subgraphUrls,
    planning: config.planning,
    transport: traces?.around(transport) ?? transport,
    isKept: upstream.isKept,
    metrics: parts.metrics.plans,
    admissions: parts.admissions,
    knownOperations: parts.knownOperations,
    log: parts.log,
  });
  const sockets = createSubgraphSockets({ ...parts, timeoutMs: config.upstream.timeoutMs });
  const closing: Component = {
    name: 'subscriptions to subgraphs',
    start: async () => undefined,
    stop: () => sockets.close(),
  };
  return { graph, sockets, traces, components: [upstream.states, ...upstream.components, closing] };
}
