/** A user's id: a UUID as text. */
export const userId = { bsonType: 'string', pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' } as const;

/** A counter. Drivers store whole numbers as `int` while they fit, and `$inc` widens them. */
export const count = { bsonType: ['int', 'long'], minimum: 0 } as const;

/** A number of a list that starts at 1. */
export const ordinal = { bsonType: ['int', 'long'], minimum: 1 } as const;

/** A version of a source; what was fetched and not told by an event has version 0. Large ones are stored as doubles. */
export const version = { bsonType: ['int', 'long', 'double'], minimum: 0 } as const;

/** The id that a client gave a request. */
export const clientId = { bsonType: 'string', minLength: 1, maxLength: 64 } as const;

/** Fingerprint of a request: SHA-256 as base64url. */
export const requestHash = { bsonType: 'string', minLength: 43, maxLength: 43 } as const;
