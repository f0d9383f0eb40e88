import { z } from 'zod';

/** A user's id: a UUID. */
export const userId = z.uuid();

/** A document's id: an ObjectId as 24 hexadecimal digits. */
export const documentId = z.string().regex(/^[0-9a-f]{24}$/, 'must be an ObjectId in hexadecimal');

/** A moment as RFC 3339 text. */
export const moment = z.iso.datetime({ offset: true });

/** Users named in an event. Bounded so that an event stays small; more are read from the owner. */
export const userIds = z.array(userId).max(256);

/** What can be reacted to, shared, commented or mentioned in. */
export const entityType = z.enum(['Post', 'Comment', 'Message', 'Profile', 'Media']);

/** Who may see a post or a profile. */
export const visibility = z.enum(['Public', 'Friends', 'Private', 'Custom']);

/** Who may do something to a person: write to, tag or mention them. */
export const audience = z.enum(['Everyone', 'Friends', 'None']);
