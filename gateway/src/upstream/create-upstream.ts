import type { Component, IdentitySigner, Logger } from '@postbook/service-kit/edge';
import { Agent } from 'undici';
import type { GatewayMetrics } from '../telemetry/gateway-metrics.ts';
import { createAnsweringTransport } from './answering-transport.ts';
import { createBreakingExchange } from './breaking-exchange.ts';
import { createHeaderWriter, createVariantReader } from './call-headers.ts';
import type { CachedGraph } from './entity-cache/cache-policies.ts';
import { createEntityCache, type EntityCacheConfig } from './entity-cache/create-entity-cache.ts';
import { createHeaderSelection } from './header-rules.ts';
import { createHttpExchange } from './http-exchange.ts';
import { createRetryingExchange } from './retrying-exchange.ts';
import { createSharingTransport } from './sharing-transport.ts';
import type { SubgraphExchange } from './subgraph-exchange.ts';
import { createSubgraphStates, type SubgraphStates } from './subgraph-states.ts';
import type { SubgraphTransport } from './subgraph-transport.ts';
import { createTracingExchange } from './tracing-exchange.ts';
import type { UpstreamConfig } from './upstream-config.ts';

/** Connections to one subgraph at once. */
const MAX_CONNECTIONS = 256;
/** How long an idle connection to a subgraph is kept, in milliseconds; less than the subgraphs' own 75 s. */
const KEEP_ALIVE_MS = 60_000;

/** What calls to subgraphs are made with. */
export interface UpstreamParts {
  readonly log: Logger;
  readonly metrics: GatewayMetrics;
  /** Absent when calls aren't signed. */
  readonly signer: IdentitySigner | undefined;
  /** Where a subgraph is at the moment. Asked at every call: a reload may move it. */
  readonly urlOf: (service: string) => string | undefined;
  /** Absent when nothing is kept. */
  readonly entityCache?: EntityCacheConfig | undefined;
  /** The supergraph in force. Throws before there is one. */
  readonly current: () => CachedGraph;
}

/** The ways to the subgraphs. */
export interface Upstream {
  /** For executors that leave answers as they are: one answer may be handed to several callers. */
  readonly transport: SubgraphTransport;
  /** Whether entities that a fetch of this text asks for are kept; never while there is no entity cache. */
  isKept(query: string): boolean;
  readonly states: SubgraphStates;
  /** What starts before calls are made, and is closed after everything that calls: connections, and the cache's. */
  readonly components: readonly Component[];
}

/** Each try of a call passes the circuit breaker; a call that it refuses isn't tried again. */
function withResilience(
  next: SubgraphExchange,
  states: SubgraphStates,
  config: UpstreamConfig,
  { log, metrics }: UpstreamParts,
) {
  const { circuitFaults: faults, circuitProbeMs: probeMs, retries } = config;
  const { circuit: state, retried } = metrics.upstream;
  const breaking = faults === 0 ? next : createBreakingExchange({ next, faults, probeMs, log, state, states });
  return retries === 0 ? breaking : createRetryingExchange({ next: breaking, retries, retried });
}

/** Puts the layers between executor and subgraphs together. */
export function createUpstream(config: UpstreamConfig, parts: UpstreamParts): Upstream {
  const { log, metrics, signer, urlOf, entityCache } = parts;
  const dispatcher = new Agent({ connections: MAX_CONNECTIONS, keepAliveTimeout: KEEP_ALIVE_MS });
  const states = createSubgraphStates();
  const select = createHeaderSelection(config.headers);
  const http = createHttpExchange({
    dispatcher,
    urlOf,
    timeoutOf: (service) => config.timeouts[service] ?? config.timeoutMs,
    maxAnswerBytes: config.maxAnswerBytes,
    headers: createHeaderWriter(signer, select),
  });
  const exchange = createTracingExchange(withResilience(http, states, config, parts));
  const unshared = createAnsweringTransport({ exchange, log, metrics, states });
  const variantOf = createVariantReader(select);
  const cache =
    entityCache &&
    createEntityCache(entityCache, { ...parts, next: unshared, variantOf, metrics: metrics.entityCache });
  // Around the cache, not within: what is kept must have been asked for after the cache was looked into.
  const transport = createSharingTransport({
    next: cache?.transport ?? unshared,
    variantOf,
    shared: metrics.upstream.shared,
  });
  const connections: Component = {
    name: 'connections to subgraphs',
    start: async () => undefined,
    stop: () => dispatcher.destroy(),
  };
  return {
    transport,
    isKept: (query) => cache?.isKept(query) ?? false,
    states,
    components: [connections, ...(cache ? [cache] : [])],
  };
}
