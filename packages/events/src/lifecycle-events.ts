import { z } from 'zod';
import { defineEvent } from './envelope.ts';
import { userId } from './payload-fields.ts';

/** Events that several services publish about one saga, in a channel of their own. */
export const lifecycleEvents = {
  /** The receipt a service gives after erasing its part of a purged account; auth collects them. */
  UserDataErased: defineEvent(
    'lifecycle',
    'Erasure',
    z.object({ userId, service: z.string().min(1), erasedItems: z.int().nonnegative() }),
  ),
};
