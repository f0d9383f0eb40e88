import { type AnyEvent, createEvent } from '@postbook/events';
import { currentRequestTrace } from '@postbook/service-kit';
import type { Post } from './post.ts';

/** What every event about a post says of it. */
const about = (post: Post, occurredAt: Date) => ({
  aggregateId: post.id,
  version: post.version,
  occurredAt,
  traceparent: currentRequestTrace()?.traceparent,
});

const summary = ({ id, authorId, visibility }: Post) => ({ postId: id, authorId, visibility });

/** A post was published. */
export const postCreated = (post: Post): AnyEvent =>
  createEvent({
    type: 'PostCreated',
    ...about(post, post.createdAt),
    payload: { ...summary(post), kind: post.kind, mediaIds: [...post.mediaIds], taggedUserIds: [] },
  });

/** A post's text or visibility changed. */
export const postUpdated = (post: Post, at: Date): AnyEvent =>
  createEvent({
    type: 'PostUpdated',
    ...about(post, at),
    payload: { ...summary(post), mediaIds: [...post.mediaIds] },
  });

/** A post is gone. */
export const postDeleted = (post: Post, at: Date): AnyEvent =>
  createEvent({ type: 'PostDeleted', ...about(post, at), payload: summary(post) });

/** Where a post mentions somebody. */
export const placeOf = ({ authorId, id, version }: Post): MentionPlace => ({
  entityType: 'Post',
  entityId: id,
  postId: id,
  actorId: authorId,
  version,
  traceparent: currentRequestTrace()?.traceparent,
});

/** Where somebody was mentioned. */
export interface MentionPlace {
  readonly entityType: 'Post' | 'Comment';
  readonly entityId: string;
  readonly postId: string;
  readonly actorId: string;
  /** Of the post or comment; grows with its edits. */
  readonly version: number;
  /** Of the request that mentions. */
  readonly traceparent: string | undefined;
}

/** People were mentioned in something that they may see: one event for each. */
export const mentioned = (place: MentionPlace, userIds: readonly string[], at: Date): AnyEvent[] =>
  userIds.map((mentionedUserId) => {
    const { entityType, entityId, postId, actorId, version, traceparent } = place;
    return createEvent({
      type: 'Mentioned',
      aggregateId: `${entityType}:${entityId}:${mentionedUserId}`,
      version,
      occurredAt: at,
      traceparent,
      payload: { mentionedUserId, actorId, entityType, entityId, postId },
    });
  });
