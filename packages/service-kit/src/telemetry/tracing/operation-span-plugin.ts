import type { ApolloServerPlugin, BaseContext, GraphQLRequestListener } from '@apollo/server';
import { trace } from '@opentelemetry/api';
import { failSpan, isTracing } from './spans.ts';

/** Clients choose the names of their operations: what is longer says no more. */
const LONGEST_NAME = 100;

/** Names the request's span after the operation, and marks it with the code of the first error. No variables, no text. */
export function operationSpanPlugin<Context extends BaseContext>(): ApolloServerPlugin<Context> {
  const listener: GraphQLRequestListener<Context> = {
    async didResolveOperation({ operation, operationName }) {
      const span = trace.getActiveSpan();
      const name = operationName?.slice(0, LONGEST_NAME);
      if (!span || !operation) return;
      span.updateName(name ? `${operation.operation} ${name}` : operation.operation);
      span.setAttribute('graphql.operation.type', operation.operation);
      if (name) span.setAttribute('graphql.operation.name', name);
    },
    async willSendResponse({ response }) {
      const body = response.body.kind === 'single' ? response.body.singleResult : response.body.initialResult;
      const code = body.errors?.[0]?.extensions?.code;
      const span = trace.getActiveSpan();
      if (span && code !== undefined) failSpan(span, String(code));
    },
  };
  return { requestDidStart: async () => (isTracing() ? listener : undefined) };
}
