import { Counter, Gauge, type Registry } from 'prom-client';

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
    /** Queries sent again after a fault of the connection. */
    retried: new Counter({
      name: 'gateway_upstream_retries_total',
      help: 'Queries sent to subgraphs again',
      labelNames: ['subgraph'],
      registers,
    }),
    /** Calls that came to no answer, by reason (`extensions.reason` of SUBGRAPH_UNAVAILABLE, in lower case). */
    faults: new Counter({
      name: 'gateway_upstream_faults_total',
      help: 'Calls to subgraphs without an answer, by reason',
      labelNames: ['subgraph', 'reason'],
      registers,
    }),
    /** Whether a subgraph is asked: 0 yes (closed), 1 a probe is under way (half open), 2 no (open). */
    circuit: new Gauge({
      name: 'gateway_upstream_circuit_state',
      help: 'Circuit breaker of a subgraph: 0 closed, 1 half open, 2 open',
      labelNames: ['subgraph'],
      registers,
    }),
  };
}
