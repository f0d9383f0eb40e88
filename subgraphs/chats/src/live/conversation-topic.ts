import type { LiveTopics } from '@postbook/service-kit';
import { z } from 'zod';
import type { Change, ReadMark } from './change.ts';

const change = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('Created'), conversationId: z.string(), sequence: z.int() }),
  z.object({ kind: z.literal('MessageSent'), conversationId: z.string(), sequence: z.int(), messageId: z.string() }),
  z.object({
    kind: z.enum(['MemberJoined', 'MemberLeft']),
    conversationId: z.string(),
    sequence: z.int(),
    userId: z.string(),
  }),
]);

const messageSchema = z.union([
  change,
  z.object({
    kind: z.literal('MessagesRead'),
    conversationId: z.string(),
    userId: z.string(),
    lastReadNumber: z.int(),
    sequence: z.int(),
  }),
  z.object({ kind: z.literal('AccessChanged') }),
]);

/**
 * What travels on a conversation's topic: changes, watermarks, and the request to look again whether each listener may
 * still listen. Ids only: what Redis passes on never holds anybody's text.
 */
export type TopicMessage = Change | ReadMark | { readonly kind: 'AccessChanged' };

/** The live topic of a conversation. */
export const conversationTopic = (conversationId: string): string => `conversation:${conversationId}`;

/** All listeners of a process get the same object: it is checked once and not for each. */
const parsedMessages = new WeakMap<object, TopicMessage | null>();

/** The message, or null for what a newer build may send. */
export function parseTopicMessage(value: unknown): TopicMessage | null {
  if (typeof value !== 'object' || value === null) return null;
  const known = parsedMessages.get(value);
  if (known !== undefined) return known;
  const { data } = messageSchema.safeParse(value);
  const message = (data as TopicMessage | undefined) ?? null;
  parsedMessages.set(value, message);
  return message;
}

/** Tells everybody who listens to the conversation. Never rejects. */
export const announce = (live: LiveTopics, conversationId: string, message: TopicMessage): Promise<void> =>
  live.publish(conversationTopic(conversationId), { ...message });
