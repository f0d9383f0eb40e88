import type { ApolloServer } from '@apollo/server';
import { withRequestTrace } from '@postbook/service-kit/edge';
import type { FormattedExecutionResult } from 'graphql';
import type { GatewayContext } from '../context.ts';
import { type ErrorFormatter, formatErrors } from '../errors/format-error.ts';
import { startOperationSpan } from '../telemetry/operation-span.ts';
import type { OperationRequest, ReadOperation } from './operation-request.ts';

/**
 * Runs a query or mutation that didn't come as a plain request through the same pipeline as those that do: limits,
 * validation, plugins, masking. Never rejects.
 */
export function executeOverApollo(
  apollo: ApolloServer<GatewayContext>,
  { text, operation }: Pick<ReadOperation, 'text' | 'operation'>,
  { operationName, variables, extensions }: OperationRequest,
  context: GatewayContext,
  format: ErrorFormatter,
): Promise<FormattedExecutionResult> {
  const request = {
    query: text,
    variables: { ...variables },
    ...(operationName ? { operationName } : {}),
    ...(extensions ? { extensions: { ...extensions } } : {}),
  };
  const span = startOperationSpan(context, { type: operation.operation, name: operationName });
  return withRequestTrace(span.context.trace, async () => {
    try {
      const { body } = await apollo.executeOperation(request, { contextValue: span.context });
      if (body.kind !== 'single') throw new Error('incremental delivery is not supported');
      return body.singleResult;
    } catch (error) {
      return { errors: formatErrors([error], format) };
    } finally {
      span.end();
    }
  });
}
