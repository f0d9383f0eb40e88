import {
  type ClientInfo,
  type IdentitySigner,
  type LiveNotice,
  type LiveRequest,
  type Logger,
  readLiveNotice,
  subscriptionBody,
  type Viewer,
} from '@postbook/service-kit/edge';
import type { GatewayMetrics } from '../telemetry/gateway-metrics.ts';
import { readAnswer, type SubgraphAnswer } from './subgraph-answer.ts';
import type { UpstreamEnd } from './subgraph-socket.ts';
import { createSubgraphSocketPool, type SubgraphSocketPool } from './subgraph-socket-pool.ts';

/** A subscription to one subgraph. */
export interface UpstreamSubscription {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  /** What is asked of the kit's live protocol, if anything. */
  readonly live?: LiveRequest | undefined;
}

/** In whose name it is made: a viewer, nobody, or the gateway itself. */
export interface UpstreamIdentity {
  readonly viewer?: Viewer | undefined;
  readonly client?: ClientInfo | undefined;
  readonly service?: string | undefined;
}

/** One message of a subscription: an event, a notice of the live protocol, or both. */
export interface UpstreamEvent {
  readonly answer: SubgraphAnswer | undefined;
  readonly live: LiveNotice | undefined;
}

/** Where an upstream delivers to. No function may throw. */
export interface UpstreamSink {
  /** It was sent to the subgraph. */
  sent?(): void;
  next(event: UpstreamEvent): void;
  /** No more will come, and not because of us. */
  end(end: UpstreamEnd): void;
}

/** A subgraph's name and where it is. */
export interface SubgraphAddress {
  readonly name: string;
  readonly url: string;
}

/** Subscriptions to all subgraphs, multiplexed over few connections to each. */
export interface SubgraphSockets {
  /**
   * Starts a subscription; the returned function ends it.
   *
   * @param isPatient whether it waits, with growing pauses, while the subgraph can't be reached.
   */
  subscribe(
    subgraph: SubgraphAddress,
    subscription: UpstreamSubscription,
    identity: UpstreamIdentity,
    sink: UpstreamSink,
    isPatient?: boolean,
  ): () => void;
  /** Ends all connections. What is started afterwards is lost. */
  close(): Promise<void>;
}

/** Options of {@link createSubgraphSockets}. */
export interface SubgraphSocketsOptions {
  /** Absent when calls aren't signed. */
  readonly signer: IdentitySigner | undefined;
  readonly timeoutMs: number;
  readonly log: Logger;
  readonly metrics: GatewayMetrics;
}

/** The payload of a subscribe message, signed at the moment of sending, as signatures age. */
function payloadOf(
  audience: string,
  { query, operationName, variables, live }: UpstreamSubscription,
  { viewer, client, service }: UpstreamIdentity,
  signer: IdentitySigner | undefined,
): object {
  const operation = { query, variables: { ...variables }, ...(operationName === undefined ? {} : { operationName }) };
  const asked = live ? { live } : {};
  if (!signer) return live ? { ...operation, extensions: asked } : operation;
  const body = subscriptionBody({ ...operation, extensions: asked });
  const identity = signer.sign({ audience, operationType: 'subscription', body, viewer, client, service });
  return { ...operation, extensions: { ...asked, identity } };
}

function readEvent(payload: unknown, query: string): UpstreamEvent {
  const extensions = (payload as { extensions?: { live?: unknown } } | null)?.extensions;
  const live = extensions?.live === undefined ? undefined : readLiveNotice(extensions.live);
  return { answer: readAnswer(payload, { query }), live };
}

/** Makes the sockets; none is opened before it is needed. */
export function createSubgraphSockets(options: SubgraphSocketsOptions): SubgraphSockets {
  const { signer, timeoutMs, log, metrics } = options;
  const pools = new Map<string, SubgraphSocketPool>();
  let isClosed = false;

  function poolFor({ name, url }: SubgraphAddress): SubgraphSocketPool {
    const known = pools.get(url);
    if (known) return known;
    const pool = createSubgraphSocketPool({ name, url, timeoutMs, log });
    pools.set(url, pool);
    return pool;
  }

  return {
    subscribe(subgraph, subscription, identity, sink, isPatient = false) {
      if (isClosed) {
        queueMicrotask(() => sink.end({ kind: 'lost', wasReached: false }));
        return () => undefined;
      }
      const { name } = subgraph;
      const gauge = metrics.upstreamSubscriptions.labels({ subgraph: name });
      let isRunning = true;
      gauge.inc();
      const end = () => {
        if (isRunning) gauge.dec();
        isRunning = false;
      };
      const stop = poolFor(subgraph).subscribe(
        () => {
          sink.sent?.();
          return payloadOf(name, subscription, identity, signer);
        },
        {
          next(payload) {
            const event = readEvent(payload, subscription.query);
            if (event.answer || event.live) sink.next(event);
            else log.error({ subgraph: name }, 'an event of a subgraph is no GraphQL answer');
          },
          end(how) {
            end();
            sink.end(how);
          },
        },
        isPatient,
      );
      return () => {
        end();
        stop();
      };
    },
    async close() {
      isClosed = true;
      for (const pool of pools.values()) pool.close();
      pools.clear();
    },
  };
}
