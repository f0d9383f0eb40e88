import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { createEntityCacheMetrics } from './entity-cache-metrics.ts';
import { createPlanMetrics } from './plan-metrics.ts';
import { createUpstreamMetrics } from './upstream-metrics.ts';

/** Figures of the gateway's own, beside those of operations and of the process. */
export function createGatewayMetrics(registry: Registry) {
  const registers = [registry];
  return {
    upstream: createUpstreamMetrics(registry),
    entityCache: createEntityCacheMetrics(registry),
    plans: createPlanMetrics(registry),
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
    /** Event streams (SSE) of clients that are open. */
    eventStreams: new Gauge({ name: 'gateway_event_streams', help: 'Open client event streams', registers }),
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
    /** Topics that are listened to once for many subscribers. */
    topics: new Gauge({ name: 'gateway_live_topics', help: 'Shared topics that are listened to', registers }),
    /** Subscriptions that began, by how: by themselves (`own`), with others (`joined`), or on their way to a topic. */
    subscriptionsOpened: new Counter({
      name: 'gateway_subscriptions_opened_total',
      help: 'Client subscriptions started, by kind of upstream',
      labelNames: ['upstream'],
      registers,
    }),
    /** Subscriptions that ended: `client`, `completed`, `stopping`, a code of the gateway's, or `refused` by a subgraph. */
    subscriptionsClosed: new Counter({
      name: 'gateway_subscriptions_closed_total',
      help: 'Client subscriptions ended, by reason',
      labelNames: ['reason'],
      registers,
    }),
    /** Events that subgraphs sent. */
    eventsReceived: new Counter({
      name: 'gateway_events_received_total',
      help: 'Events received from subgraphs',
      labelNames: ['subgraph'],
      registers,
    }),
    /** Upstreams and topics whose queue was full. */
    queueOverflows: new Counter({
      name: 'gateway_event_queue_overflows_total',
      help: 'Event queues that were full, by what they belonged to',
      labelNames: ['upstream'],
      registers,
    }),
    /** Upstreams that were opened again after a loss. */
    resumes: new Counter({
      name: 'gateway_upstream_resumes_total',
      help: 'Subscriptions to subgraphs resumed after a loss',
      labelNames: ['subgraph'],
      registers,
    }),
    /** Seconds from receiving an event to handing it over. */
    eventLag: new Histogram({
      name: 'gateway_event_lag_seconds',
      help: 'Time from receiving an event to handing it over to the clients',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    /** Events that wait to be joined. */
    queuedEvents: new Gauge({ name: 'gateway_queued_events', help: 'Events waiting to be joined', registers }),
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
