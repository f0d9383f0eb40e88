import { BadUserInputError, createCursorCodec } from '@postbook/service-kit';
import { z } from 'zod';

const codec = createCursorCodec('comments-added', z.tuple([z.string().length(24), z.int().nonnegative()]));

/** The cursor of a comment in the order in which they were written. */
export const toCommentCursor = (postId: string, sequence: number): string => codec.encode([postId, sequence]);

/**
 * The sequence that a cursor stands for.
 *
 * @throws BadUserInputError when it is none, or one of another post.
 */
export function fromCommentCursor(postId: string, cursor: string): number {
  const [ofPost, sequence] = codec.decode(cursor);
  if (ofPost === postId) return sequence;
  throw new BadUserInputError('The cursor is of another post.', { details: { argument: 'after' } });
}
