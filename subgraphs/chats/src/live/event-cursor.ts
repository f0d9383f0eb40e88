import { BadUserInputError, createCursorCodec } from '@postbook/service-kit';
import { z } from 'zod';

const codec = createCursorCodec('conversation-events', z.tuple([z.string().length(24), z.int().nonnegative()]));

/** The cursor of a change in a conversation. */
export const toEventCursor = (conversationId: string, sequence: number): string =>
  codec.encode([conversationId, sequence]);

/**
 * The sequence that a cursor stands for.
 *
 * @throws BadUserInputError when it is none, or one of another conversation.
 */
export function fromEventCursor(conversationId: string, cursor: string): number {
  const [ofConversation, sequence] = codec.decode(cursor);
  if (ofConversation === conversationId) return sequence;
  throw new BadUserInputError('The cursor is of another conversation.', { details: { argument: 'after' } });
}
