import { AppError } from '@postbook/service-kit/edge';
import { GraphQLError } from 'graphql';
import type { ExecutionOutcome, ExecutionRequest, FederatedExecutor } from './federated-executor.ts';

/** A subgraph's answer lacks what the schema promises. Nothing a client can do; it is logged where it is masked. */
export class InvalidSubgraphAnswerError extends AppError {
  readonly code = 'INVALID_SUBGRAPH_ANSWER';
}

/**
 * The stock executor reports values that break the schema's promises in `extensions.valueCompletion`, beside a `null`
 * without any error. GraphQL wants an error for every `null` that isn't the field's own, so they are moved there.
 */
export function reportBrokenPromises(outcome: ExecutionOutcome): ExecutionOutcome {
  const { valueCompletion, ...extensions } = (outcome.extensions ?? {}) as {
    valueCompletion?: readonly GraphQLError[];
  };
  if (!valueCompletion) return outcome;
  const errors = valueCompletion.map(
    ({ message, path }) => new GraphQLError(message, { path, originalError: new InvalidSubgraphAnswerError(message) }),
  );
  const { extensions: _, ...rest } = outcome;
  return {
    ...rest,
    errors: [...(outcome.errors ?? []), ...errors],
    ...(Object.keys(extensions).length > 0 ? { extensions } : {}),
  };
}

/** @apollo/gateway's own executor. */
export function createStockExecutor(
  execute: (request: ExecutionRequest) => Promise<ExecutionOutcome>,
): FederatedExecutor {
  return { execute: async (request) => reportBrokenPromises(await execute(request)) };
}
