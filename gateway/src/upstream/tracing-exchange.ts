import { SpanKind } from '@opentelemetry/api';
import { failSpan, isTracing, traceWithin, withSpan } from '@postbook/service-kit/edge';
import type { SubgraphExchange } from './subgraph-exchange.ts';

/**
 * A span for every call to a subgraph, its repetitions included. The subgraph gets it as the parent of its own, by
 * `traceparent`. No text of queries and no variables: they have what people wrote.
 */
export function createTracingExchange(next: SubgraphExchange): SubgraphExchange {
  return {
    ask(call) {
      if (!isTracing()) return next.ask(call);
      const { context, operationName, operationType, representations, service } = call;
      const attributes = {
        'postbook.subgraph': service,
        'graphql.operation.type': operationType,
        ...(operationName === undefined ? {} : { 'graphql.operation.name': operationName }),
        ...(representations ? { 'postbook.entities': representations.length } : {}),
      };
      const options = { kind: SpanKind.CLIENT, attributes, parent: context.trace.traceparent };
      return withSpan(`subgraph ${service}`, options, async (span) => {
        const trace = span ? traceWithin(context.trace, span) : context.trace;
        const answer = await next.ask({ ...call, context: { ...context, trace } });
        const code = answer.errors?.[0]?.extensions?.code;
        if (span && answer.errors) failSpan(span, String(code ?? 'error'));
        return answer;
      });
    },
  };
}
