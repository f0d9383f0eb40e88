import { GraphQLError } from 'graphql';

/** graphql-js proposes names of the schema in its messages. */
const SUGGESTION = / ?Did you mean [^?]*\?/g;
/** What it quotes: names and types such as `[Message!]!`. */
const QUOTED = /"([^"\n]*)"/g;
const NAME = /[_A-Za-z]\w*/g;

/** Names that every schema has. */
const COMMON = new Set(['Query', 'Mutation', 'Subscription', 'Int', 'Float', 'String', 'Boolean', 'ID', '__typename']);

const HIDDEN = '"…"';

/** The document that an error is about. */
const sourceOf = (error: unknown): string | undefined => {
  if (!(error instanceof GraphQLError)) return undefined;
  const source = error.source?.body ?? error.nodes?.[0]?.loc?.source.body;
  return source ?? (error.originalError ? sourceOf(error.originalError) : undefined);
};

/**
 * A message without names that the client didn't write itself: types that fields have, arguments and input fields that
 * are needed, values that an enum takes. With introspection off nobody may guess his way through the schema.
 */
export function withoutSchemaNames(message: string, error: unknown): string {
  const plain = message.replace(SUGGESTION, '');
  const source = sourceOf(error);
  if (source === undefined) return plain;
  const written = new Set(source.match(NAME));
  return plain.replace(QUOTED, (quoted, inside: string) => {
    const names = inside.match(NAME) ?? [];
    return names.every((name) => COMMON.has(name) || written.has(name)) ? quoted : HIDDEN;
  });
}
