import type { LiveTopics } from '@postbook/service-kit';
import { z } from 'zod';

const messageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('CommentAdded'), sequence: z.int().positive(), commentId: z.string() }),
  z.object({ kind: z.literal('AccessChanged') }),
]);

/**
 * What travels on a post's topic: comments, and the request to look again whether each listener may still listen. Ids
 * only: what Redis passes on never holds anybody's text.
 */
export type TopicMessage = z.infer<typeof messageSchema>;

/** The live topic of a post. */
export const postTopic = (postId: string): string => `post:${postId}`;

/** The message, or null for what a newer build may send. */
export const parseTopicMessage = (value: unknown): TopicMessage | null => messageSchema.safeParse(value).data ?? null;

/** Tells everybody who listens to the post. Never rejects. */
export const announce = (live: LiveTopics, postId: string, message: TopicMessage): Promise<void> =>
  live.publish(postTopic(postId), { ...message });
