import { GATEWAY_SERVICE, type Logger, traceFromHeaders } from '@postbook/service-kit/edge';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { GatewayContext } from '../context.ts';
import { type ErrorFormatter, formatErrors } from '../errors/format-error.ts';
import { subgraphUnavailable } from '../errors/gateway-errors.ts';
import type { WrittenResult } from '../execution/prepared-operation.ts';
import type { GatewayMetrics } from '../telemetry/gateway-metrics.ts';
import type { SubgraphAnswer } from '../upstream/subgraph-answer.ts';
import type {
  SubgraphAddress,
  SubgraphSockets,
  UpstreamIdentity,
  UpstreamSink,
  UpstreamSubscription,
} from '../upstream/subgraph-sockets.ts';
import type { UpstreamEnding } from './resumable-upstream.ts';
import type { EventPayload } from './subscription-engine.ts';

/** Bounds of the engine. */
export interface SubscriptionSettings {
  /** Events of one upstream that may wait while earlier ones are being joined. */
  readonly maxQueuedEvents: number;
  /** How long a subgraph may stay away before subscriptions to it end, in milliseconds. */
  readonly resumePatienceMs: number;
  /** Last events of a topic that are kept for those who are about to join it: how many, and of how many bytes. */
  readonly ringEvents: number;
  readonly ringBytes: number;
  /** Over how long ends are spread that a new supergraph brings, in milliseconds. */
  readonly reloadSpreadMs: number;
}

/** What all parts of the engine use. */
export interface EngineParts {
  readonly sockets: SubgraphSockets;
  /** Where a subgraph is now; undefined when the supergraph in force has none of this name. */
  readonly addressOf: (service: string) => SubgraphAddress | undefined;
  readonly settings: SubscriptionSettings;
  readonly format: ErrorFormatter;
  readonly metrics: GatewayMetrics;
  readonly log: Logger;
}

/** An event that waits for its join. */
export interface ReceivedEvent {
  readonly answer: SubgraphAnswer;
  /** In milliseconds of `performance.now()`. */
  readonly receivedAt: number;
}

/** Takes an event in. */
export function received(answer: SubgraphAnswer, service: string, { metrics }: EngineParts): ReceivedEvent {
  metrics.eventsReceived.inc({ subgraph: service });
  return { answer, receivedAt: performance.now() };
}

/** Measures events that were joined. */
export function settled(events: readonly ReceivedEvent[], { metrics }: EngineParts): void {
  const now = performance.now();
  for (const { receivedAt } of events) metrics.eventLag.observe((now - receivedAt) / 1_000);
}

/** Opens an upstream where its subgraph is now. What can't be opened is lost a moment later. */
export function openUpstream(
  { sockets, addressOf }: EngineParts,
  { service, ...subscription }: UpstreamSubscription & { readonly service: string },
  identity: UpstreamIdentity,
  sink: UpstreamSink,
  isPatient: boolean,
): () => void {
  const address = addressOf(service);
  if (address) return sockets.subscribe(address, subscription, identity, sink, isPatient);
  queueMicrotask(() => sink.end({ kind: 'lost', wasReached: false }));
  return () => undefined;
}

/** In whose name the gateway asks for what all see alike: nobody's. */
export const audienceContext = (): GatewayContext => ({ trace: traceFromHeaders({}), client: { ip: '127.0.0.1' } });

/** In whose name the gateway listens to topics. */
export const GATEWAY_IDENTITY: UpstreamIdentity = { service: GATEWAY_SERVICE };

/** A result as clients receive it. */
export function toPayload({ data, errors }: WrittenResult, format: ErrorFormatter): EventPayload {
  if (errors.length === 0) return Buffer.from(`{"data":${data}}`);
  return Buffer.from(`{"data":${data},"errors":${JSON.stringify(formatErrors(errors, format))}}`);
}

/** A fault of ours in place of a result, masked. */
export const faultPayload = (error: unknown, format: ErrorFormatter): EventPayload =>
  Buffer.from(`{"data":null,"errors":${JSON.stringify(formatErrors([error], format))}}`);

/** An error of the gateway's own as clients see it. */
export function formattedError(error: Error, format: ErrorFormatter): GraphQLFormattedError {
  const wrapped = new GraphQLError(error.message, { originalError: error });
  return format(wrapped.toJSON(), wrapped);
}

/** What the end of an upstream is to clients; undefined when it is nothing bad. */
export function errorsOf(
  ending: UpstreamEnding,
  service: string,
  format: ErrorFormatter,
): readonly GraphQLFormattedError[] | undefined {
  switch (ending.kind) {
    case 'completed':
      return undefined;
    case 'refused':
      return ending.errors.map(({ locations: _, ...error }) =>
        format({ ...error, extensions: { ...error.extensions, serviceName: service } }, undefined),
      );
    case 'unavailable': {
      const { message, extensions } = subgraphUnavailable(service);
      return [format({ message, extensions: { ...extensions, serviceName: service } }, undefined)];
    }
    default:
      return ending satisfies never;
  }
}
