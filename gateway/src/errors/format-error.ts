import { type Logger, maskError } from '@postbook/service-kit/edge';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { nameTokenLimit } from '../limits/parse-document.ts';
import { withoutSchemaNames } from './schema-privacy.ts';

/** Makes what a client sees of an error; the signature is Apollo Server's `formatError`. */
export type ErrorFormatter = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/**
 * Keys of extensions that pass from subgraphs to clients: what our services say beside the code, see docs/errors.md. A
 * service that is changed or attacked can put anything into its errors; what isn't listed stays inside.
 */
const ALLOWED_EXTENSIONS = [
  'code',
  'service',
  'argument',
  'reason',
  'requestId',
  'retryAfterSeconds',
  'limit',
  'maximum',
  'actual',
];

/** Takes the place of messages that clients may not see. */
const HIDDEN_MESSAGE = 'The service could not answer this.';

/** What clients may see of a subgraph's error: `serviceName`, which only serves the gateway, becomes `service`. */
function createSubgraphFormatter(options: { extensions: readonly string[]; hiddenMessages: readonly string[] }) {
  const allowed = new Set([...ALLOWED_EXTENSIONS, ...options.extensions]);
  const hidden = new Set(options.hiddenMessages);
  return ({ message, path, extensions = {} }: GraphQLFormattedError, service: string): GraphQLFormattedError => ({
    message: hidden.has('*') || hidden.has(service) ? HIDDEN_MESSAGE : message,
    ...(path ? { path } : {}),
    extensions: {
      ...Object.fromEntries(Object.entries(extensions).filter(([key]) => allowed.has(key))),
      service,
    },
  });
}

/** Options of {@link createErrorFormatter}. */
export interface ErrorFormatterOptions {
  readonly log: Logger;
  /** No names of the schema in messages. */
  readonly hideSchema: boolean;
  /** Keys of subgraphs' extensions that pass beside the usual ones. Default none. */
  readonly extensions?: readonly string[];
  /** Subgraphs whose messages clients don't see; `*` for all. Default none. */
  readonly hiddenMessages?: readonly string[];
}

/**
 * The gateway's one place for masking. Subgraphs have masked their own errors already, so theirs pass with message, code
 * and path; the gateway's own faults become INTERNAL_SERVER_ERROR with the request's id.
 */
export function createErrorFormatter(options: ErrorFormatterOptions): ErrorFormatter {
  const fromSubgraph = createSubgraphFormatter({
    extensions: options.extensions ?? [],
    hiddenMessages: options.hiddenMessages ?? [],
  });
  return (formatted, error) => {
    const service = formatted.extensions?.serviceName;
    if (typeof service === 'string') return fromSubgraph(formatted, service);
    const masked = nameTokenLimit(maskError(formatted, error, options.log));
    return options.hideSchema ? { ...masked, message: withoutSchemaNames(masked.message, error) } : masked;
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
