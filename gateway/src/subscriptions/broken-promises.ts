import { GraphQLError } from 'graphql';
import { InvalidSubgraphAnswerError } from '../execution/writer/write-errors.ts';

/** What @apollo/gateway answers with. */
interface Outcome {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly GraphQLError[];
  readonly extensions?: Record<string, unknown>;
}

/**
 * The stock executor reports values that break the schema's promises in `extensions.valueCompletion`, beside a `null`
 * without any error. GraphQL wants an error for every `null` that isn't the field's own, so they are moved there.
 */
export function reportBrokenPromises(outcome: Outcome): Outcome {
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
