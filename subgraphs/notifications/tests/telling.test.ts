import { type AnyEvent, uuidv7 } from '@postbook/events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Happenings, happenings, newId } from './support/happenings.ts';
import { type Notifications, type Person, startNotifications } from './support/notifications.ts';
import { list, only, unread } from './support/operations.ts';

let world: Notifications;
let says: Happenings;
beforeAll(async () => {
  world = await startNotifications();
  says = happenings(world);
});
afterAll(() => world.stop());

const [postId, commentId, otherId, requestId, conversationId] = [newId(), newId(), newId(), newId(), newId()];

/**
 * The events as a bus may bring them again, and behind them the same ones under new ids, which only their versions give
 * away: once the last are noted, all have come.
 */
const again = (events: readonly AnyEvent[]): AnyEvent[] => [
  ...events,
  ...events.map((event) => ({ ...event, eventId: uuidv7() })),
];

/** Ada is told, by Bob's deed; Eve stands by. What `subject` and `actionUrl` are is checked exactly. */
type Case = [
  what: string,
  event: (says: Happenings, ada: Person, bob: Person, eve: Person) => AnyEvent | AnyEvent[],
  told: Record<string, unknown>,
];

const cases: Case[] = [
  [
    'a friend request',
    (s, ada, bob) => s.requested(bob, ada, requestId),
    { type: 'FRIEND_REQUEST', text: 'bob T. wants to be friends with you.', actionUrl: '/friend-requests' },
  ],
  [
    'an accepted friend request, and not of the follows that come with it',
    (s, ada, bob) => s.befriended(ada, bob, newId()),
    { type: 'FRIEND_ACCEPTED', text: 'bob T. accepted your friend request.' },
  ],
  ['a follower', (s, ada, bob) => s.followed(bob, ada), { type: 'FOLLOW', text: 'bob T. started following you.' }],
  [
    'a reaction to a post',
    (s, ada, bob) => s.reacted(bob, ada, postId),
    {
      type: 'LIKE',
      title: 'Reactions to your post',
      text: 'bob T. reacted to your post.',
      subject: { __typename: 'Post', id: postId },
      actionUrl: `/posts/${postId}`,
    },
  ],
  [
    'a reaction to a comment',
    (s, ada, bob) => s.reacted(bob, ada, commentId, { entityType: 'Comment' }),
    { type: 'LIKE', subject: { __typename: 'Comment', id: commentId }, actionUrl: `/comments/${commentId}` },
  ],
  [
    'a comment on a post',
    (s, ada, bob) => s.commented(bob, ada, { postId, commentId }),
    {
      type: 'COMMENT',
      text: 'bob T. left a comment on your post.',
      subject: { __typename: 'Comment', id: commentId },
      actionUrl: `/posts/${postId}?comment=${commentId}`,
    },
  ],
  [
    'an answer to a comment on somebody else’s post',
    (s, ada, bob) => s.commented(bob, bob, { postId, commentId, parent: [otherId, ada] }),
    {
      type: 'COMMENT_REPLY',
      text: 'bob T. left an answer to your comment.',
      actionUrl: `/posts/${postId}?comment=${commentId}`,
    },
  ],
  [
    'an answer to a comment on one’s own post, once',
    (s, ada, bob) => s.commented(bob, ada, { postId, commentId, parent: [otherId, ada] }),
    { type: 'COMMENT_REPLY' },
  ],
  [
    'a mention in a post',
    (s, ada, bob) => s.mentioned(bob, ada, postId, postId),
    { type: 'MENTION', text: 'bob T. mentioned you in a post.', subject: { __typename: 'Post', id: postId } },
  ],
  [
    'a mention in a comment',
    (s, ada, bob) => s.mentioned(bob, ada, commentId, postId),
    { type: 'MENTION', subject: { __typename: 'Comment', id: commentId }, text: 'bob T. mentioned you in a comment.' },
  ],
  [
    'a share',
    (s, ada, bob) => s.shared(bob, ada, postId, otherId),
    { type: 'SHARE', text: 'bob T. shared your post.', subject: { __typename: 'Post', id: otherId } },
  ],
  [
    'a message',
    (s, ada, bob) => s.messaged(bob, [ada], conversationId, otherId),
    {
      type: 'MESSAGE',
      text: 'bob T. sent you a message.',
      subject: { __typename: 'Message', id: otherId },
      actionUrl: `/conversations/${conversationId}`,
    },
  ],
  [
    'a look at the profile',
    (s, ada, bob) => s.viewed(bob, ada),
    { type: 'PROFILE_VIEW', text: 'bob T. looked at your profile.' },
  ],
  [
    'a new group',
    (s, ada, bob) => s.groupMade(bob, [ada, bob], conversationId),
    {
      type: 'GROUP',
      text: 'bob T. added you to a group.',
      subject: null,
      actionUrl: `/conversations/${conversationId}`,
    },
  ],
  [
    'being added to a group',
    (s, ada, bob) => s.joined(ada, bob, conversationId),
    { type: 'GROUP', actionUrl: `/conversations/${conversationId}` },
  ],
];

describe('somebody is told, once, of', () => {
  it.each(cases)('%s; nobody else is', async (_what, event, told) => {
    const [ada, bob, eve] = await world.people('ada', 'bob', 'eve');
    const events = [event(says, ada, bob, eve)].flat();
    await world.tell(...events);
    await world.tell(...again(events));
    expect(await only(ada.client)).toMatchObject({
      actors: [{ id: bob.id, username: 'bob' }],
      actorCount: 1,
      groupCount: 1,
      isRead: false,
      readAt: null,
      ...told,
    });
    expect(await unread(ada.client)).toBe(1);
    for (const other of [bob, eve]) {
      expect(await list(other.client)).toEqual([]);
      expect(await unread(other.client)).toBe(0);
    }
  });

  it.each([
    ['TokenReuse', 'Somebody may have copied your login'],
    ['PasswordChanged', 'Your password was changed'],
  ] as const)('a session that ended by %s, in PostBook’s own name, kept for a year', async (reason, title) => {
    const [ada] = await world.people('ada');
    await world.tell(says.loggedOut(ada, reason));
    const notice = await only(ada.client);
    expect(notice).toMatchObject({ type: 'SECURITY', title, actors: [], actorCount: 0, subject: null });
    expect(notice.actionUrl).toBe('/settings/security');
    const stored = await world.db.collection('notifications').findOne({ userId: ada.id });
    expect(stored?.expiresAt.getTime() - stored?.createdAt.getTime()).toBe(365 * 24 * 60 * 60_000);
  });
});

describe('nobody is told of', () => {
  it.each<[string, (s: Happenings, ada: Person, bob: Person) => AnyEvent[]]>([
    ['what they did themselves', (s, ada) => [s.reacted(ada, ada, postId), s.commented(ada, ada, { postId })]],
    ['an answer to themselves', (s, ada) => [s.commented(ada, ada, { postId, parent: [otherId, ada] })]],
    [
      'a mention or share of their own',
      (s, ada) => [s.mentioned(ada, ada, postId, postId), s.shared(ada, ada, postId)],
    ],
    ['a message they sent', (s, ada) => [s.messaged(ada, [ada], conversationId)]],
    ['a message in a conversation whose members aren’t named', (s, _ada, bob) => [s.messaged(bob, undefined, postId)]],
    ['a chat that was opened', (s, ada, bob) => [s.groupMade(bob, [ada, bob], conversationId, 'Direct')]],
    ['joining by themselves', (s, ada) => [s.joined(ada, ada, conversationId)]],
    ['a plain logout', (s, ada) => [s.loggedOut(ada, 'Logout')]],
  ])('%s', async (_what, events) => {
    const [ada, bob] = await world.people('ada', 'bob');
    await world.tell(...events(says, ada, bob));
    expect(await list(ada.client)).toEqual([]);
    expect(await world.db.collection('notification_events').countDocuments({ userId: ada.id })).toBe(0);
  });

  it('what happened so long ago that the notification would be gone', async () => {
    const [ada, bob] = await world.people('ada', 'bob');
    const old = { ...says.followed(bob, ada), occurredAt: new Date(Date.now() - 91 * 24 * 60 * 60_000).toISOString() };
    await world.tell(old);
    expect(await list(ada.client)).toEqual([]);
  });
});

describe('many at once', () => {
  it('a message tells everybody in the conversation but its sender', async () => {
    const people = await world.people(...Array.from({ length: 60 }, (_, n) => `p${n}`));
    const [sender, ...others] = people;
    if (!sender) throw new Error('nobody');
    await world.tell(says.messaged(sender, people, newId()));
    expect(await Promise.all(others.map(({ client }) => unread(client)))).toEqual(others.map(() => 1));
    expect(await unread(sender.client)).toBe(0);
  });
});
