import { type AnyEvent, relationshipId } from '@postbook/events';
import { ObjectId } from 'mongodb';
import type { Notifications } from './notifications.ts';

/** Anybody, by id. */
export interface Who {
  readonly id: string;
}

/** A new document's id. */
export const newId = (): string => new ObjectId().toHexString();

/** What other services tell, as events: each with a version above all earlier ones unless one is given. */
export const happenings = (world: Notifications) => ({
  reacted: (
    actor: Who,
    owner: Who,
    entityId: string,
    options: { version?: number; entityType?: 'Post' | 'Comment' } = {},
  ) =>
    world.event(
      'Reacted',
      `${entityId}:${actor.id}`,
      { entityType: options.entityType ?? 'Post', entityId, entityOwnerId: owner.id, actorId: actor.id, kind: 'Like' },
      options.version,
    ),
  unreacted: (actor: Who, owner: Who, entityId: string, version?: number) =>
    world.event(
      'Unreacted',
      `${entityId}:${actor.id}`,
      { entityType: 'Post', entityId, entityOwnerId: owner.id, actorId: actor.id, kind: 'Like' },
      version,
    ),
  commented: (author: Who, postAuthor: Who, about: { postId: string; commentId?: string; parent?: [string, Who] }) => {
    const { postId, commentId = newId(), parent } = about;
    return world.event('CommentCreated', commentId, {
      commentId,
      postId,
      authorId: author.id,
      postAuthorId: postAuthor.id,
      parentCommentId: parent?.[0] ?? null,
      parentAuthorId: parent?.[1].id ?? null,
    });
  },
  commentDeleted: (author: Who, postAuthor: Who, about: { postId: string; commentId: string }) =>
    world.event('CommentDeleted', about.commentId, {
      ...about,
      authorId: author.id,
      postAuthorId: postAuthor.id,
      parentCommentId: null,
      parentAuthorId: null,
    }),
  postDeleted: (author: Who, postId: string) =>
    world.event('PostDeleted', postId, { postId, authorId: author.id, visibility: 'Public' }),
  mentioned: (actor: Who, mentioned: Who, entityId: string, postId: string) =>
    world.event('Mentioned', `${entityId}:${mentioned.id}`, {
      mentionedUserId: mentioned.id,
      actorId: actor.id,
      entityType: entityId === postId ? 'Post' : 'Comment',
      entityId,
      postId,
    }),
  shared: (actor: Who, author: Who, originalPostId: string, postId = newId()) =>
    world.event('PostShared', postId, {
      postId,
      originalPostId,
      originalAuthorId: author.id,
      sharedById: actor.id,
    }),
  requested: (from: Who, to: Who, requestId: string, version?: number) =>
    world.event('FriendRequestSent', requestId, { requestId, fromUserId: from.id, toUserId: to.id }, version),
  declined: (from: Who, to: Who, requestId: string, version?: number) =>
    world.event('FriendRequestDeclined', requestId, { requestId, fromUserId: from.id, toUserId: to.id }, version),
  cancelled: (from: Who, to: Who, requestId: string) =>
    world.event('FriendRequestCancelled', requestId, {
      requestId,
      fromUserId: from.id,
      toUserId: to.id,
      expired: false,
    }),
  /** An accepted request, as profiles tells it: friendship and two follows of one version. */
  befriended(from: Who, to: Who, requestId: string): AnyEvent[] {
    const accepted = world.event('FriendRequestAccepted', relationshipId('Friend', from.id, to.id), {
      requestId,
      fromUserId: from.id,
      toUserId: to.id,
    });
    return [accepted, this.followed(from, to, accepted.version), this.followed(to, from, accepted.version)];
  },
  followed: (follower: Who, followed: Who, version?: number) =>
    world.event(
      'Followed',
      relationshipId('Follow', follower.id, followed.id),
      { followerId: follower.id, followedId: followed.id },
      version,
    ),
  unfollowed: (follower: Who, followed: Who) =>
    world.event('Unfollowed', relationshipId('Follow', follower.id, followed.id), {
      followerId: follower.id,
      followedId: followed.id,
    }),
  viewed: (viewer: Who, owner: Who) =>
    world.event('ProfileViewed', owner.id, { profileUserId: owner.id, viewerId: viewer.id }),
  messaged: (sender: Who, recipients: readonly Who[] | undefined, conversationId: string, messageId = newId()) => {
    const event = world.event('MessageSent', conversationId, {
      conversationId,
      sequence: 1,
      messageId,
      messageNumber: 1,
      senderId: sender.id,
      conversationKind: 'Group',
      ...(recipients ? { recipientIds: recipients.map(({ id }) => id) } : {}),
      mentionedUserIds: [],
      isRequest: false,
    });
    return event;
  },
  messageDeleted: (sender: Who, conversationId: string, messageId: string) =>
    world.event('MessageDeleted', conversationId, {
      conversationId,
      sequence: 2,
      messageId,
      messageNumber: 1,
      senderId: sender.id,
      deletedById: sender.id,
    }),
  groupMade: (creator: Who, members: readonly Who[], conversationId: string, kind: 'Direct' | 'Group' = 'Group') =>
    world.event('ConversationCreated', conversationId, {
      conversationId,
      sequence: 1,
      kind,
      createdById: creator.id,
      memberIds: members.map(({ id }) => id),
    }),
  joined: (member: Who, adder: Who, conversationId: string) =>
    world.event('MemberJoined', conversationId, {
      conversationId,
      sequence: 2,
      userId: member.id,
      addedById: adder.id,
      role: 'Member',
    }),
  left: (member: Who, conversationId: string) =>
    world.event('MemberLeft', conversationId, {
      conversationId,
      sequence: 3,
      userId: member.id,
      removedById: null,
      lastMessageNumber: 0,
    }),
  loggedOut: (person: Who, reason: 'TokenReuse' | 'PasswordChanged' | 'Logout') =>
    world.event('SessionRevoked', person.id, { userId: person.id, sessionIds: 'all', reason }),
  blocked: (a: Who, b: Who) =>
    world.event('Blocked', relationshipId('Block', a.id, b.id), { blockerId: a.id, blockedId: b.id }),
  deactivated: (person: Who) => world.event('UserDeactivated', person.id, { userId: person.id }),
  purged: (person: Who) => world.event('UserPurged', person.id, { userId: person.id }),
});

/** What {@link happenings} returns. */
export type Happenings = ReturnType<typeof happenings>;
