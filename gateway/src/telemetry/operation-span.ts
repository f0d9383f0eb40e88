import { SpanKind } from '@opentelemetry/api';
import { failSpan, isTracing, startSpan, traceWithin, withRequestTrace } from '@postbook/service-kit/edge';
import type { GatewayContext } from '../context.ts';

/** An operation that came some other way than by a request of its own, or one event of a subscription. */
export interface OperationSpan {
  /** The operation's context, in which calls to subgraphs are children of the span. */
  readonly context: GatewayContext;
  /** Ends the span. @param code of the first error, when there is one. */
  end(code?: string): void;
}

/** What is known of it; the name is the client's and is cut off. */
export interface OperationToTrace {
  readonly type: 'query' | 'mutation' | 'subscription' | 'event';
  readonly name?: string | undefined;
}

const LONGEST_NAME = 100;

const untraced = (context: GatewayContext): OperationSpan => ({ context, end: () => undefined });

/**
 * A span for an operation over a socket, or for joining one event; requests have one from the server already. The caller
 * must end it. While nothing is traced the context is what it was.
 */
export function startOperationSpan(context: GatewayContext, operation: OperationToTrace): OperationSpan {
  if (!isTracing()) return untraced(context);
  const name = operation.name?.slice(0, LONGEST_NAME);
  const span = startSpan(name ? `${operation.type} ${name}` : operation.type, {
    kind: SpanKind.SERVER,
    attributes: { 'graphql.operation.type': operation.type, 'postbook.request_id': context.trace.requestId },
    parent: context.trace.traceparent,
  });
  return {
    context: { ...context, trace: traceWithin(context.trace, span) },
    end(code) {
      if (code !== undefined) failSpan(span, code);
      span.end();
    },
  };
}

/** Joins events under a span of their own, which calls to subgraphs are children of. */
export async function joinTraced<Result>(
  context: GatewayContext,
  name: string | undefined,
  join: (context: GatewayContext) => Promise<Result>,
): Promise<Result> {
  const span = startOperationSpan(context, { type: 'event', name });
  try {
    return await withRequestTrace(span.context.trace, () => join(span.context));
  } finally {
    span.end();
  }
}
