import { z } from 'zod';
import { defineEvent } from './envelope.ts';
import { documentId, entityType, userId, userIds, visibility } from './payload-fields.ts';

const post = z.object({ postId: documentId, authorId: userId, visibility });
const comment = z.object({
  commentId: documentId,
  postId: documentId,
  authorId: userId,
  postAuthorId: userId,
  parentCommentId: documentId.nullable(),
  parentAuthorId: userId.nullable(),
});
const reaction = z.object({
  entityType,
  entityId: z.string().min(1),
  entityOwnerId: userId,
  actorId: userId,
  kind: z.string().min(1),
});

/** Events of posts. Aggregates: `Post`, `Comment`, and `Reaction` (id: entity and actor). No text is carried. */
export const postEvents = {
  /** A post was published. */
  PostCreated: defineEvent(
    'posts',
    'Post',
    post.extend({ kind: z.string().min(1), mediaIds: z.array(documentId).max(50), taggedUserIds: userIds }),
  ),
  /** A post's content or visibility changed. */
  PostUpdated: defineEvent('posts', 'Post', post.extend({ mediaIds: z.array(documentId).max(50) })),
  /** A post was removed by its author or a moderator. */
  PostDeleted: defineEvent('posts', 'Post', post),
  /** Somebody commented, or replied when there is a parent. */
  CommentCreated: defineEvent('posts', 'Comment', comment),
  /** A comment was removed. */
  CommentDeleted: defineEvent('posts', 'Comment', comment),
  /** Somebody reacted, or changed their reaction to `kind`. */
  Reacted: defineEvent('posts', 'Reaction', reaction),
  /** Somebody withdrew their reaction. */
  Unreacted: defineEvent('posts', 'Reaction', reaction),
  /** A post was shared as `postId`. */
  PostShared: defineEvent(
    'posts',
    'Post',
    z.object({ postId: documentId, originalPostId: documentId, originalAuthorId: userId, sharedById: userId }),
  ),
  /** Somebody was mentioned in a post or comment that they may see. */
  Mentioned: defineEvent(
    'posts',
    'Mention',
    z.object({
      mentionedUserId: userId,
      actorId: userId,
      entityType,
      entityId: z.string().min(1),
      postId: documentId.nullable(),
    }),
  ),
};
