import { type DocumentNode, GraphQLError, type GraphQLFormattedError, parse } from 'graphql';

/** graphql-js says this when a document has more tokens than it may. */
const TOO_MANY_TOKENS = /^Syntax Error: Document contains more (?:that|than) (\d+) tokens/;

/** An error of graphql-js about too many tokens gets the code of the other limits. */
export function nameTokenLimit(error: GraphQLFormattedError): GraphQLFormattedError {
  const maximum = TOO_MANY_TOKENS.exec(error.message)?.[1];
  if (maximum === undefined) return error;
  return {
    message: `The operation exceeds the limit of ${maximum} for tokens. Ask for less, or in several operations.`,
    extensions: { code: 'OPERATION_LIMIT_EXCEEDED', limit: 'tokens', maximum: Number(maximum) },
  };
}

/** Parses a document that came over a socket; a mistake is returned, as throwing would end the whole socket. */
export function parseDocument(query: unknown, maxTokens: number): DocumentNode | GraphQLError {
  if (typeof query !== 'string' || query === '') {
    return new GraphQLError('There is no query to execute.', { extensions: { code: 'BAD_REQUEST' } });
  }
  try {
    return parse(query, { maxTokens });
  } catch (error) {
    const { message, locations } = error instanceof GraphQLError ? error : new GraphQLError(String(error));
    const parsed = new GraphQLError(message, { extensions: { code: 'GRAPHQL_PARSE_FAILED' } });
    return Object.assign(parsed, { locations });
  }
}
