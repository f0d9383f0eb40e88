import type { Document } from 'mongodb';

/**
 * Parts of `$jsonSchema` that several collections share, from the subset that MongoDB and DocumentDB both know. Patterns end
 * in `\z`: `$` also matches before a line break at the end, and an id with one would be another id to a unique index.
 */

/** A user's id as the graph has it: a UUID in lower case. */
export const uuid = {
  bsonType: 'string',
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\z',
} as const;

/** Text of at most so many characters; at least `minLength`, 0 unless given. */
export const text = (maxLength: number, minLength = 0) => ({ bsonType: 'string', minLength, maxLength });

/** One of the given words. */
export const oneOfWords = (...words: readonly string[]) => ({ bsonType: 'string', enum: [...words] });

/** A link: https only (decisions, Profiles 8), so that no page of ours sends people to a script or in the clear. */
export const httpsUrl = (maxLength: number) => ({ bsonType: 'string', pattern: '^https://[^\\s]+\\z', maxLength });

/** A document's id, or one it refers to. */
export const objectId = { bsonType: 'objectId' } as const;
export const date = { bsonType: 'date' } as const;
export const switchField = { bsonType: 'bool' } as const;
/** A whole number. The driver writes small ones as int and larger ones as double or long. */
export const wholeNumber = { bsonType: ['int', 'long', 'double'] } as const;
/** A version or a count that can't be negative. */
export const positiveNumber = { ...wholeNumber, minimum: 0 } as const;

/** An object with these members, of which some must be there. */
export const object = (properties: Document, required: readonly string[] = []) => ({
  bsonType: 'object',
  ...(required.length > 0 ? { required: [...required] } : {}),
  properties,
});

/** A list of at most so many items. */
export const list = (items: Document, maxItems: number) => ({ bsonType: 'array', items, maxItems });

/** A place as GeoJSON, longitude first, for a 2dsphere index. Written as doubles: a whole number would be an int. */
export const point = object(
  {
    type: oneOfWords('Point'),
    coordinates: { bsonType: 'array', minItems: 2, maxItems: 2, items: { bsonType: 'double' } },
  },
  ['type', 'coordinates'],
);

/** A counter. Drivers store whole numbers as `int` while they fit, and `$inc` widens them. */
export const count = { bsonType: ['int', 'long'], minimum: 0 } as const;

/** A number of a list that starts at 1. */
export const ordinal = { bsonType: ['int', 'long'], minimum: 1 } as const;

/** The id that a client gave a request. */
export const clientId = { bsonType: 'string', minLength: 1, maxLength: 64 } as const;

/** Fingerprint of a request: SHA-256 as base64url. */
export const requestHash = { bsonType: 'string', minLength: 43, maxLength: 43 } as const;
