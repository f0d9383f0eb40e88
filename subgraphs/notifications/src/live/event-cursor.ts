import { BadUserInputError, createCursorCodec } from '@postbook/service-kit';
import { z } from 'zod';

const codec = createCursorCodec('notification-events', z.tuple([z.uuid(), z.int().nonnegative()]));

/** The cursor of a change of a person's notifications. */
export const toEventCursor = (userId: string, sequence: number): string => codec.encode([userId, sequence]);

/**
 * The sequence that a cursor stands for.
 *
 * @throws BadUserInputError when it is none, or one of somebody else.
 */
export function fromEventCursor(userId: string, cursor: string): number {
  const [ofUser, sequence] = codec.decode(cursor);
  if (ofUser === userId) return sequence;
  throw new BadUserInputError('The cursor is not one of yours.', { details: { argument: 'after' } });
}
