import { type IdentitySigner, type Logger, subscriptionBody } from '@postbook/service-kit/edge';
import type { GraphQLFormattedError } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { GatewayContext } from '../context.ts';
import { subgraphUnavailable } from '../errors/gateway-errors.ts';
import type { EventSink } from '../subscriptions/event-stream.ts';
import type { GatewayMetrics } from '../telemetry/gateway-metrics.ts';
import { readAnswer } from './subgraph-answer.ts';

/** A subscription to one subgraph. */
export interface UpstreamSubscription {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Subscriptions to all subgraphs, over one socket per subgraph. */
export interface SubgraphSockets {
  /** Starts a subscription; the returned function ends it. The sink is told of its end unless that was ours. */
  subscribe(
    subgraph: { readonly name: string; readonly url: string },
    subscription: UpstreamSubscription,
    context: GatewayContext,
    sink: EventSink,
  ): () => void;
  /** Ends all sockets. */
  close(): Promise<void>;
}

/** Options of {@link createSubgraphSockets}. */
export interface SubgraphSocketsOptions {
  readonly signer: IdentitySigner | undefined;
  readonly timeoutMs: number;
  readonly log: Logger;
  readonly metrics: GatewayMetrics;
}

/** Milliseconds an idle socket stays open, as the next subscription is rarely far. */
const IDLE_MS = 30_000;
/** Milliseconds between pings; a subgraph that doesn't answer one within the time-out is gone. */
const PING_MS = 15_000;

const isErrorList = (reason: unknown): reason is readonly GraphQLFormattedError[] =>
  Array.isArray(reason) && reason.every((error) => typeof error?.message === 'string');

/** A lazy client that notices a subgraph which is gone without a word. */
function connect(url: string, timeoutMs: number): Client {
  let pong: NodeJS.Timeout | undefined;
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    lazy: true,
    lazyCloseTimeout: IDLE_MS,
    connectionAckWaitTimeout: timeoutMs,
    keepAlive: PING_MS,
    // The client's cursor is in its own variables, which we can't renew: a lost upstream is its to resume.
    retryAttempts: 0,
    on: {
      ping: (isReceived) => {
        if (!isReceived) pong = setTimeout(() => client.terminate(), timeoutMs);
      },
      pong: (isReceived) => {
        if (isReceived) clearTimeout(pong);
      },
      closed: () => clearTimeout(pong),
    },
  });
  return client;
}

/** Signs at the moment of sending: graphql-ws serialises the payload anew each time it subscribes. */
function signedPayload(
  name: string,
  { query, operationName, variables }: UpstreamSubscription,
  context: GatewayContext,
  signer: IdentitySigner | undefined,
) {
  const operation = { query, variables: { ...variables }, ...(operationName === undefined ? {} : { operationName }) };
  if (!signer) return operation;
  const extensions = {
    get identity() {
      return signer.sign({
        audience: name,
        operationType: 'subscription',
        body: subscriptionBody(operation),
        viewer: context.viewer,
        client: context.client,
      });
    },
  };
  return { ...operation, extensions };
}

/** Makes the sockets; none is opened before it is needed. */
export function createSubgraphSockets(options: SubgraphSocketsOptions): SubgraphSockets {
  const { signer, timeoutMs, log, metrics } = options;
  const clients = new Map<string, Client>();

  function clientFor(url: string): Client {
    const known = clients.get(url);
    if (known) return known;
    const client = connect(url, timeoutMs);
    clients.set(url, client);
    return client;
  }

  /** What the client is told of an upstream that ended with a reason: the subgraph's own words, or that it is away. */
  function explain(name: string, reason: unknown): readonly GraphQLFormattedError[] {
    if (isErrorList(reason)) {
      return reason.map(({ message, extensions }) => ({ message, extensions: { ...extensions, serviceName: name } }));
    }
    const { code, message } = (reason ?? {}) as { code?: unknown; message?: unknown };
    log.warn({ subgraph: name, close: { code, message } }, 'a subscription to a subgraph was lost');
    const { message: text, extensions } = subgraphUnavailable(name);
    return [{ message: text, extensions: { ...extensions, serviceName: name } }];
  }

  return {
    subscribe({ name, url }, subscription, context, sink) {
      const call = { query: subscription.query };
      const gauge = metrics.upstreamSubscriptions.labels({ subgraph: name });
      let isRunning = true;
      const ended = () => {
        if (isRunning) gauge.dec();
        isRunning = false;
      };
      gauge.inc();
      const payload = signedPayload(name, subscription, context, signer);
      const unsubscribe = clientFor(url).subscribe(payload, {
        next(value) {
          const event = readAnswer(value, call);
          if (event) sink.next(event);
          else log.error({ subgraph: name }, 'an event of a subgraph is no GraphQL answer');
        },
        error(reason) {
          ended();
          sink.fail(explain(name, reason));
        },
        complete() {
          ended();
          sink.complete();
        },
      });
      return () => {
        ended();
        unsubscribe();
      };
    },
    async close() {
      await Promise.all([...clients.values()].map((client) => client.dispose()));
      clients.clear();
    },
  };
}
