import type { EventOf, EventType } from '@postbook/events';

/** What names an entity whatever is kept of it: type and key, such as `User:0190…`. */
export type EntityTag = string;

/** The tag of an entity from the values of its key; in lower case, as a UUID may be written either way. */
export const entityTag = (typeName: string, ...key: readonly string[]): EntityTag =>
  [typeName, ...key.map((value) => value.toLowerCase())].join(':');

const user = (...ids: readonly string[]) => ids.map((id) => entityTag('User', id));

type Rules = { readonly [T in EventType]?: (payload: EventOf<T>['payload']) => readonly EntityTag[] };

/**
 * Which entities look different after an event, for anybody. A relation changes what each of the two may see of the other,
 * so both are dropped for everybody: it is rare, and the simplest that can't be wrong.
 */
const RULES = {
  UserCreated: ({ userId }) => user(userId),
  UsernameChanged: ({ userId }) => user(userId),
  EmailChanged: ({ userId }) => user(userId),
  UserStatusChanged: ({ userId }) => user(userId),
  UserDeactivated: ({ userId }) => user(userId),
  UserRestored: ({ userId }) => user(userId),
  UserPurged: ({ userId }) => user(userId),
  UserProfileUpdated: ({ userId }) => user(userId),
  PrivacyChanged: ({ userId }) => user(userId),
  FriendRequestAccepted: ({ fromUserId, toUserId }) => user(fromUserId, toUserId),
  FriendRemoved: ({ userIds }) => user(...userIds),
  Followed: ({ followerId, followedId }) => user(followerId, followedId),
  Unfollowed: ({ followerId, followedId }) => user(followerId, followedId),
  Blocked: ({ blockerId, blockedId }) => user(blockerId, blockedId),
  Unblocked: ({ blockerId, blockedId }) => user(blockerId, blockedId),
  // A service that learnt of the erasure later than we did may have been asked in between.
  UserDataErased: ({ userId }) => user(userId),
  PostUpdated: ({ postId }) => [entityTag('Post', postId)],
  PostDeleted: ({ postId }) => [entityTag('Post', postId)],
  PostShared: ({ originalPostId }) => [entityTag('Post', originalPostId)],
  CommentCreated: ({ postId }) => [entityTag('Post', postId)],
  CommentDeleted: ({ postId, commentId }) => [entityTag('Post', postId), entityTag('Comment', commentId)],
  Reacted: ({ entityType, entityId }) => [entityTag(entityType, entityId)],
  Unreacted: ({ entityType, entityId }) => [entityTag(entityType, entityId)],
  MediaReady: ({ mediaId }) => [entityTag('Media', mediaId)],
  MediaFailed: ({ mediaId }) => [entityTag('Media', mediaId)],
  MediaDeleted: ({ mediaId }) => [entityTag('Media', mediaId)],
} satisfies Rules;

/** The types of events that change entities. */
export type InvalidatingType = keyof typeof RULES;

/** All of them. */
export const INVALIDATING_TYPES = Object.keys(RULES) as readonly InvalidatingType[];

/** The entities that an event changes. */
export const tagsOf = (event: EventOf<InvalidatingType>): readonly EntityTag[] =>
  (RULES[event.type] as (payload: unknown) => readonly EntityTag[])(event.payload);
