import { parse, print, stripIgnoredCharacters } from 'graphql';
import { z } from 'zod';
import { digestOfText } from './persisted-queries.ts';

/** A document that clients are known to send. */
export interface KnownOperation {
  /** What clients send in place of the text. */
  readonly id: string;
  readonly name: string;
  readonly body: string;
}

const manifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(
    z.object({
      id: z.string().min(1).max(256),
      name: z.string(),
      body: z.string().min(1),
      type: z.string().optional(),
    }),
  ),
});

/** Known documents, by id and by what they say. */
export interface DocumentList {
  readonly operations: readonly KnownOperation[];
  byId(id: string): KnownOperation | undefined;
  /** Whether the text is one of them, layout, comments and the order of definitions aside. */
  has(text: string): boolean;
}

/** A list with nothing on it. */
export const NO_DOCUMENTS: DocumentList = { operations: [], byId: () => undefined, has: () => false };

/** Larger documents are known by their very text only: taking them apart is what an attacker would have us do. */
const MOST_TOKENS = 10_000;

/**
 * What is left of a text without what doesn't matter: white space, commas, comments, the order of its definitions. Undefined
 * when it isn't GraphQL.
 */
function meaningOf(text: string): string | undefined {
  try {
    const { definitions } = parse(text, { noLocation: true, maxTokens: MOST_TOKENS });
    return digestOfText(
      definitions
        .map((definition) => stripIgnoredCharacters(print(definition)))
        .sort()
        .join('\n'),
    );
  } catch {
    return undefined;
  }
}

/** Reads one manifest in the format of Apollo's persisted query lists. @throws when it isn't one. */
export function readManifest(text: string): KnownOperation[] {
  const { operations } = manifest.parse(JSON.parse(text));
  for (const { name, body } of operations) {
    try {
      parse(body);
    } catch (cause) {
      throw new Error(`the operation "${name}" is not valid GraphQL`, { cause });
    }
  }
  return operations.map(({ id, name, body }) => ({ id, name, body }));
}

/** Makes a list. Of two documents with one id the last counts. */
export function createDocumentList(operations: readonly KnownOperation[]): DocumentList {
  const ids = new Map(operations.map((operation) => [operation.id, operation]));
  const texts = new Set(operations.map(({ body }) => digestOfText(body)));
  const meanings = new Set(operations.flatMap(({ body }) => meaningOf(body) ?? []));
  return {
    operations: [...ids.values()],
    byId: (id) => ids.get(id),
    has(text) {
      if (texts.has(digestOfText(text))) return true;
      const meaning = meaningOf(text);
      return meaning !== undefined && meanings.has(meaning);
    },
  };
}
