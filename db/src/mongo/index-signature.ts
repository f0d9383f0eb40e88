import type { Document, IndexDescriptionInfo } from 'mongodb';
import type { IndexDefinition } from './collection-definition.ts';

/** JSON text that is the same for equal values, whatever the order of their members. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  ) ?? 'undefined';

const textFields = (key: Document): string[] => Object.keys(key).filter((field) => key[field] === 'text');

/** Servers list the text fields of a key as one pair, in the place of the first. */
function listedKey(key: Document): [string, unknown][] {
  const [first] = textFields(key);
  return Object.entries(key).flatMap(([field, direction]): [string, unknown][] => {
    if (direction !== 'text') return [[field, direction]];
    return field === first
      ? [
          ['_fts', 'text'],
          ['_ftsx', 1],
        ]
      : [];
  });
}

/** What makes two indexes the same: the order of the key's fields counts, the server's own remarks do not. */
function signature(key: [string, unknown][], options: Document, weights: Document | undefined): string {
  return canonicalJson({
    key: key.map(([field, direction]) => [field, typeof direction === 'string' ? direction : Number(direction)]),
    unique: options.unique === true,
    sparse: options.sparse === true,
    expireAfterSeconds: options.expireAfterSeconds ?? null,
    partialFilterExpression: options.partialFilterExpression ?? null,
    text: weights ? [weights, options.default_language ?? 'english', options.language_override ?? 'language'] : null,
  });
}

/** The signature of an index as it is defined. Equal to {@link listedSignature} when the store has it just so. */
export function definedSignature({ key, options = {} }: IndexDefinition): string {
  const fields = textFields(key);
  const weights = Object.fromEntries(fields.map((field) => [field, 1]));
  const given = (options.weights ?? {}) as Document;
  return signature(listedKey(key), options, fields.length > 0 ? { ...weights, ...given } : undefined);
}

/** The signature of an index as the server lists it. */
export const listedSignature = (index: IndexDescriptionInfo): string =>
  signature(Object.entries(index.key), index, index.weights as Document | undefined);
