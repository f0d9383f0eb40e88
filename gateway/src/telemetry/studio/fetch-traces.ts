import type { ApolloServerPlugin } from '@apollo/server';
import { google, Trace } from '@apollo/usage-reporting-protobuf';
import type { GatewayContext } from '../../context.ts';
import type { SubgraphTransport } from '../../upstream/subgraph-transport.ts';

/** Traces of subgraphs, for the operations that Studio wants timed. */
export interface FetchTraces {
  /** Put before the plugin that reports usage. */
  readonly plugin: ApolloServerPlugin<GatewayContext>;
  /** Asks for the traces of calls that belong to such operations. */
  around(next: SubgraphTransport): SubgraphTransport;
}

/** What Apollo's plugins tell each other of one operation. */
interface Metrics {
  captureTraces?: boolean;
  queryPlanTrace?: Trace.QueryPlanNode;
}

const timestamp = (milliseconds: number) =>
  new google.protobuf.Timestamp({
    seconds: Math.floor(milliseconds / 1_000),
    nanos: Math.floor(milliseconds % 1_000) * 1_000_000,
  });

/** Decodes what a subgraph sent; undefined when it isn't a trace. */
function decode(ftv1: string): Trace | undefined {
  try {
    return Trace.decode(Buffer.from(ftv1, 'base64'));
  } catch {
    return undefined;
  }
}

/** Studio's entry about one call. */
function fetchNode(service: string, sentAt: number, ftv1: unknown): Trace.QueryPlanNode {
  const trace = typeof ftv1 === 'string' ? decode(ftv1) : undefined;
  const fetch = new Trace.QueryPlanNode.FetchNode({
    serviceName: service,
    sentTime: timestamp(sentAt),
    receivedTime: timestamp(Date.now()),
    traceParsingFailed: typeof ftv1 === 'string' && trace === undefined,
    ...(trace ? { trace } : {}),
  });
  return new Trace.QueryPlanNode({ fetch });
}

/**
 * Collects the traces by the operation's context. Calls stand side by side in what is reported, with the times at which
 * they were sent and answered: the figures about fields are the same as with the plan's own shape.
 */
export function createFetchTraces(): FetchTraces {
  const nodes = new WeakMap<GatewayContext, Trace.QueryPlanNode[]>();
  return {
    plugin: {
      async requestDidStart() {
        return {
          async executionDidStart({ contextValue, metrics }) {
            if ((metrics as Metrics).captureTraces) nodes.set(contextValue, []);
          },
          async willSendResponse({ contextValue, metrics }) {
            const found = nodes.get(contextValue);
            const target = metrics as Metrics;
            const [only, ...others] = found ?? [];
            if (!only) return;
            target.queryPlanTrace =
              others.length === 0 ? only : new Trace.QueryPlanNode({ parallel: { nodes: [only, ...others] } });
          },
        };
      },
    },
    around: (next) => ({
      async send(call) {
        const collected = nodes.get(call.context);
        if (!collected) return next.send(call);
        const sentAt = Date.now();
        const answer = await next.send({ ...call, includeTrace: true });
        collected.push(fetchNode(call.service, sentAt, answer.extensions?.ftv1));
        return answer;
      },
    }),
  };
}
