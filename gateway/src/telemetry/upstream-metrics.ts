import { Counter, type Registry } from 'prom-client';

/** Figures about calls to subgraphs beside their duration. */
export function createUpstreamMetrics(registry: Registry) {
  const registers = [registry];
  return {
    /** Calls that weren't sent, as an identical one was under way. */
    shared: new Counter({
      name: 'gateway_upstream_shared_total',
      help: 'Calls to subgraphs answered by an identical one under way',
      labelNames: ['subgraph'],
      registers,
    }),
  };
}

/** What {@link createUpstreamMetrics} returns. */
export type UpstreamMetrics = ReturnType<typeof createUpstreamMetrics>;
