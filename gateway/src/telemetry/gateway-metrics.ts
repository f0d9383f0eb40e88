import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Figures of the gateway's own, beside those of operations and of the process. */
export function createGatewayMetrics(registry: Registry) {
  const registers = [registry];
  return {
    /** Calls to subgraphs, in seconds, by subgraph and outcome (`ok`, `errors`, `unavailable`). */
    upstreamDuration: new Histogram({
      name: 'gateway_upstream_duration_seconds',
      help: 'Duration of calls to subgraphs',
      labelNames: ['subgraph', 'outcome'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    /** Sockets of clients that are open. */
    sockets: new Gauge({ name: 'gateway_sockets', help: 'Open client sockets', registers }),
    /** Closed sockets by close code. */
    socketCloses: new Counter({
      name: 'gateway_socket_closes_total',
      help: 'Client sockets closed, by close code',
      labelNames: ['code'],
      registers,
    }),
    /** Subscriptions of clients that are running. */
    subscriptions: new Gauge({ name: 'gateway_subscriptions', help: 'Running client subscriptions', registers }),
    /** Subscriptions to subgraphs that are running. */
    upstreamSubscriptions: new Gauge({
      name: 'gateway_upstream_subscriptions',
      help: 'Running subscriptions to subgraphs',
      labelNames: ['subgraph'],
      registers,
    }),
    /** Operations that were refused before planning, by code. */
    refusals: new Counter({
      name: 'gateway_refusals_total',
      help: 'Operations refused before planning, by code',
      labelNames: ['code'],
      registers,
    }),
    /** Fields that viewers asked for and may not, by what is done about it (`filter`, `reject`, `dry-run`). */
    deniedFields: new Counter({
      name: 'gateway_denied_fields_total',
      help: 'Fields that viewers asked for and may not',
      labelNames: ['mode'],
      registers,
    }),
    /** Estimated cost of operations, by kind. */
    operationCost: new Histogram({
      name: 'gateway_operation_cost',
      help: 'Estimated cost of operations',
      labelNames: ['type'],
      buckets: [1, 10, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 100_000],
      registers,
    }),
    /** Documents that aren't trusted, by what was done about it (`log`, `enforce`). */
    untrustedDocuments: new Counter({
      name: 'gateway_untrusted_documents_total',
      help: 'Operations whose document is not trusted',
      labelNames: ['mode'],
      registers,
    }),
    /** Events that were joined and handed to clients. */
    events: new Counter({ name: 'gateway_events_delivered_total', help: 'Events delivered to clients', registers }),
  };
}

/** What {@link createGatewayMetrics} returns. */
export type GatewayMetrics = ReturnType<typeof createGatewayMetrics>;
