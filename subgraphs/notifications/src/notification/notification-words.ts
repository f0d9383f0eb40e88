import type { NotificationType as TypeWord } from '../generated/resolver-types.ts';
import type { NotificationType } from './notification.ts';

/** The graph's words for kinds of notifications. */
export const TYPE_WORDS = {
  FriendRequest: 'FRIEND_REQUEST',
  FriendAccepted: 'FRIEND_ACCEPTED',
  Message: 'MESSAGE',
  Post: 'POST',
  Comment: 'COMMENT',
  CommentReply: 'COMMENT_REPLY',
  Like: 'LIKE',
  Share: 'SHARE',
  Mention: 'MENTION',
  Follow: 'FOLLOW',
  ProfileView: 'PROFILE_VIEW',
  Security: 'SECURITY',
  Group: 'GROUP',
  Poll: 'POLL',
  Event: 'EVENT',
  Moderation: 'MODERATION',
} as const satisfies Record<NotificationType, TypeWord>;

const TYPES = Object.fromEntries(Object.entries(TYPE_WORDS).map(([type, word]) => [word, type])) as Record<
  TypeWord,
  NotificationType
>;

/** The kind that a word of the graph stands for. */
export const typeOfWord = (word: TypeWord): NotificationType => TYPES[word];
