import { type Logger, maskError } from '@postbook/service-kit/edge';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { nameTokenLimit } from '../limits/parse-document.ts';

/** Makes what a client sees of an error; the signature is Apollo Server's `formatError`. */
export type ErrorFormatter = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/** graphql-js proposes names of the schema in its messages, which would give it away where introspection is off. */
const SUGGESTION = / ?Did you mean [^?]*\?/g;

const isNonEmpty = (record: Record<string, unknown>) => Object.keys(record).length > 0;

/** A subgraph's error as it came, but for what only serves the gateway: `serviceName` becomes `service`. */
function fromSubgraph(formatted: GraphQLFormattedError): GraphQLFormattedError {
  const { serviceName, stacktrace: _, ...extensions } = formatted.extensions ?? {};
  return {
    message: formatted.message,
    ...(formatted.path ? { path: formatted.path } : {}),
    extensions: { ...extensions, service: serviceName },
  };
}

/**
 * The gateway's one place for masking. Subgraphs have masked their own errors already, so theirs pass with message, code
 * and path; the gateway's own faults become INTERNAL_SERVER_ERROR with the request's id.
 */
export function createErrorFormatter(options: { log: Logger; hideSchema: boolean }): ErrorFormatter {
  return (formatted, error) => {
    if (typeof formatted.extensions?.serviceName === 'string') return fromSubgraph(formatted);
    const masked = nameTokenLimit(maskError(formatted, error, options.log));
    return options.hideSchema ? { ...masked, message: masked.message.replace(SUGGESTION, '') } : masked;
  };
}

/** Formats whatever an execution collected, GraphQL errors or not. */
export function formatErrors(errors: readonly unknown[], format: ErrorFormatter): GraphQLFormattedError[] {
  return errors.map((thrown) => {
    const original = thrown instanceof Error ? thrown : new Error(String(thrown));
    const error = original instanceof GraphQLError ? original : new GraphQLError('', { originalError: original });
    return format(error.toJSON(), error);
  });
}

/** A formatted error as the object that graphql-ws insists on; what it serialises to is the formatted error again. */
export function toGraphQLError(formatted: GraphQLFormattedError): GraphQLError {
  const { message, path, locations, extensions = {} } = formatted;
  const error = new GraphQLError(message, {
    ...(path ? { path } : {}),
    ...(isNonEmpty(extensions) ? { extensions } : {}),
  });
  return locations ? Object.assign(error, { locations }) : error;
}
