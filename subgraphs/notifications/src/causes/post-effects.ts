import type { EventOf } from '@postbook/events';
import type { TemplateKey } from '../text/catalogue.ts';
import { type Cause, entityKey, type PersonalEffects } from './cause.ts';
import { causeBase, takeBack, tell } from './personal-effects.ts';

const reactionKey = ({ payload }: EventOf<'Reacted' | 'Unreacted'>): string =>
  `Reaction:${payload.entityType}:${payload.entityId}:${payload.actorId}`;

const LIKE_TEMPLATES = {
  Post: 'LikePost',
  Comment: 'LikeComment',
  Message: 'LikeMessage',
  Profile: 'LikeOther',
  Media: 'LikeOther',
} as const satisfies Record<string, TemplateKey>;

const MENTION_TEMPLATES = {
  Post: 'MentionPost',
  Comment: 'MentionComment',
  Message: 'MentionOther',
  Profile: 'MentionOther',
  Media: 'MentionOther',
} as const satisfies Record<string, TemplateKey>;

const relatedOf = (type: keyof typeof LIKE_TEMPLATES, id: string) =>
  ({ type: type === 'Profile' ? 'User' : type, id }) as const;

/** Somebody reacted; a change of the kind of reaction is known already and tells nothing new. */
export function reacted(event: EventOf<'Reacted'>): PersonalEffects[] {
  const { entityType, entityId, entityOwnerId, actorId } = event.payload;
  return tell(entityOwnerId, {
    ...causeBase(event),
    key: reactionKey(event),
    type: 'Like',
    templateKey: LIKE_TEMPLATES[entityType],
    groupKey: `Like:${entityType}:${entityId}`,
    actorId,
    related: relatedOf(entityType, entityId),
    entities: [entityKey(entityType, entityId)],
  });
}

/** A reply is for the parent comment's author; somebody who wrote the post as well hears of it once. */
export function commentCreated(event: EventOf<'CommentCreated'>): PersonalEffects[] {
  const { commentId, postId, authorId, postAuthorId, parentCommentId, parentAuthorId } = event.payload;
  const common = {
    ...causeBase(event),
    key: `Comment:${commentId}`,
    actorId: authorId,
    related: { type: 'Comment', id: commentId } as const,
    context: { postId },
  };
  const entities = [entityKey('Comment', commentId), entityKey('Post', postId)];
  const isReply = parentCommentId !== null && parentAuthorId !== null;
  const reply = isReply
    ? tell(parentAuthorId, {
        ...common,
        type: 'CommentReply',
        templateKey: 'CommentReply',
        groupKey: `CommentReply:${parentCommentId}`,
        entities: [...entities, entityKey('Comment', parentCommentId)],
      })
    : [];
  if (isReply && parentAuthorId === postAuthorId) return reply;
  const comment: Cause = {
    ...common,
    type: 'Comment',
    templateKey: 'Comment',
    groupKey: `Comment:${postId}`,
    entities,
  };
  return [...reply, ...tell(postAuthorId, comment)];
}

/** Somebody was mentioned. */
export function mentioned(event: EventOf<'Mentioned'>): PersonalEffects[] {
  const { mentionedUserId, actorId, entityType, entityId, postId } = event.payload;
  const key = `Mention:${entityType}:${entityId}`;
  return tell(mentionedUserId, {
    ...causeBase(event),
    key,
    type: 'Mention',
    templateKey: MENTION_TEMPLATES[entityType],
    groupKey: key,
    actorId,
    related: relatedOf(entityType, entityId),
    context: postId === null ? {} : { postId },
    entities: [...new Set([entityKey(entityType, entityId), ...(postId === null ? [] : [entityKey('Post', postId)])])],
  });
}

/** A post was shared: its author is told. */
export function postShared(event: EventOf<'PostShared'>): PersonalEffects[] {
  const { postId, originalPostId, originalAuthorId, sharedById } = event.payload;
  return tell(originalAuthorId, {
    ...causeBase(event),
    key: `Share:${postId}`,
    type: 'Share',
    templateKey: 'Share',
    groupKey: `Share:${originalPostId}`,
    actorId: sharedById,
    related: { type: 'Post', id: postId },
    entities: [entityKey('Post', postId), entityKey('Post', originalPostId)],
  });
}

/** Somebody withdrew their reaction; on something of their own, nobody was told. */
export function unreacted(event: EventOf<'Unreacted'>): PersonalEffects[] {
  const { entityOwnerId, actorId } = event.payload;
  return entityOwnerId === actorId ? [] : takeBack(event, entityOwnerId, reactionKey(event), actorId);
}
