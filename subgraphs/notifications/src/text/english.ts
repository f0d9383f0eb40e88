import type { Catalogue } from './catalogue.ts';

const several = (count: number, one: string, many: string): string => (count === 1 ? one : `${count} ${many}`);

/** The texts in English. */
export const english: Catalogue = {
  templates: {
    FriendRequest: { title: 'Friend request', text: ({ who }) => `${who} wants to be friends with you.` },
    FriendAccepted: { title: 'New friend', text: ({ who }) => `${who} accepted your friend request.` },
    Follow: { title: 'New followers', text: ({ who }) => `${who} started following you.` },
    ProfileView: { title: 'Profile views', text: ({ who }) => `${who} looked at your profile.` },
    LikePost: { title: 'Reactions to your post', text: ({ who }) => `${who} reacted to your post.` },
    LikeComment: {
      title: 'Reactions to your comment',
      text: ({ who }) => `${who} reacted to your comment.`,
    },
    LikeMessage: {
      title: 'Reactions to your message',
      text: ({ who }) => `${who} reacted to your message.`,
    },
    LikeOther: { title: 'Reactions', text: ({ who }) => `${who} reacted to something of yours.` },
    Comment: {
      title: 'Comments on your post',
      text: ({ who, count }) => `${who} left ${several(count, 'a comment', 'comments')} on your post.`,
    },
    CommentReply: {
      title: 'Answers to your comment',
      text: ({ who, count }) => `${who} left ${several(count, 'an answer', 'answers')} to your comment.`,
    },
    MentionPost: { title: 'You were mentioned', text: ({ who }) => `${who} mentioned you in a post.` },
    MentionComment: {
      title: 'You were mentioned',
      text: ({ who }) => `${who} mentioned you in a comment.`,
    },
    MentionOther: { title: 'You were mentioned', text: ({ who }) => `${who} mentioned you.` },
    Share: { title: 'Your post was shared', text: ({ who }) => `${who} shared your post.` },
    Message: {
      title: 'New messages',
      text: ({ who, count }) => `${who} sent you ${several(count, 'a message', 'messages')}.`,
    },
    GroupAdded: { title: 'New group', text: ({ who }) => `${who} added you to a group.` },
    SecurityTokenReuse: {
      title: 'Somebody may have copied your login',
      text: () =>
        'A used-up login was used again, so we logged that device out. Change your password if it wasn’t you.',
    },
    SecurityPasswordChanged: {
      title: 'Your password was changed',
      text: () => 'Your password was changed and your other devices were logged out. Reset it if it wasn’t you.',
    },
  },
  unknown: { title: 'News', text: () => 'There is something new for you.' },
  people(names, others) {
    if (names.length === 0) return others === 1 ? 'Somebody' : `${others} people`;
    const parts = [...names, ...(others > 0 ? [several(others, 'one other', 'others')] : [])];
    const last = parts.pop();
    return parts.length === 0 ? `${last}` : `${parts.join(', ')} and ${last}`;
  },
};
