import type { Notification } from '../notification/notification.ts';

/** Where a notification leads, as a path; null when nowhere. */
export function linkOf({ actionUrl, related, context }: Pick<Notification, 'actionUrl' | 'related' | 'context'>) {
  if (actionUrl !== null || related === null) return actionUrl;
  const { type, id } = related;
  switch (type) {
    case 'Post':
      return `/posts/${id}`;
    case 'Comment':
      return context.postId === undefined ? `/comments/${id}` : `/posts/${context.postId}?comment=${id}`;
    case 'Message':
      return context.conversationId === undefined ? null : `/conversations/${context.conversationId}`;
    case 'Conversation':
      return `/conversations/${id}`;
    case 'FriendRequest':
      return '/friend-requests';
    case 'User':
      return `/people/${id}`;
    case 'Media':
      return `/media/${id}`;
    default:
      return type satisfies never;
  }
}
