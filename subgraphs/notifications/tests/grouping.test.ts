import type { AnyEvent } from '@postbook/events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Happenings, happenings, newId } from './support/happenings.ts';
import { type Notifications, type Person, startNotifications } from './support/notifications.ts';
import { byId, list, markRead, only, remove, unread } from './support/operations.ts';

let world: Notifications;
let says: Happenings;
beforeAll(async () => {
  world = await startNotifications();
  says = happenings(world);
});
afterAll(() => world.stop());

const usernames = (notification: { actors: readonly { username: string }[] }) =>
  notification.actors.map(({ username }) => username);

/** Events one after the other: each is told before the next is published. */
async function inOrder(...events: readonly AnyEvent[]): Promise<void> {
  for (const event of events) await world.tell(event);
}

describe('alike things', () => {
  it('are one notification while it is unread, with the last three who did them', async () => {
    const [ada, ...others] = await world.people('ada', 'bob', 'eve', 'fay', 'gus', 'hal');
    const post = newId();
    await inOrder(...others.map((actor) => says.reacted(actor, ada, post)));
    const notification = await only(ada.client);
    expect(usernames(notification)).toEqual(['hal', 'gus', 'fay']);
    expect(notification).toMatchObject({
      actorCount: 5,
      groupCount: 5,
      text: 'hal T., gus T. and 3 others reacted to your post.',
    });
    expect(await unread(ada.client)).toBe(1);
  });

  it('count each thing, and each person once', async () => {
    const [ada, bob, eve] = await world.people('ada', 'bob', 'eve');
    const post = newId();
    const comment = (author: Person) => says.commented(author, ada, { postId: post });
    await inOrder(comment(bob), comment(eve), comment(bob), comment(bob));
    expect(await only(ada.client)).toMatchObject({
      actorCount: 2,
      groupCount: 4,
      text: 'bob T. and eve T. left 4 comments on your post.',
    });
  });

  it('begin a new notification once the earlier one was read', async () => {
    const [ada, bob, eve] = await world.people('ada', 'bob', 'eve');
    const post = newId();
    await world.tell(says.reacted(bob, ada, post));
    await markRead(ada.client, [(await only(ada.client)).id]);
    await world.tell(says.reacted(eve, ada, post));
    const [newer, older] = await list(ada.client);
    expect([newer && usernames(newer), newer?.isRead]).toEqual([['eve'], false]);
    expect([older && usernames(older), older?.isRead]).toEqual([['bob'], true]);
    expect(await unread(ada.client)).toBe(1);
  });

  it('move the group to the top of the list', async () => {
    const [ada, bob, eve] = await world.people('ada', 'bob', 'eve');
    const [first, second] = [newId(), newId()];
    await inOrder(says.reacted(bob, ada, first), says.reacted(bob, ada, second), says.reacted(eve, ada, first));
    expect((await list(ada.client)).map(({ subject }) => subject?.id)).toEqual([first, second]);
  });

  it('of different posts, conversations and days stay apart', async () => {
    const [ada, bob, eve] = await world.people('ada', 'bob', 'eve');
    const day = (event: AnyEvent, date: string) => ({ ...event, occurredAt: `${date}T10:00:00.000Z` });
    const recent = (daysAgo: number) => new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10);
    const conversation = newId();
    await inOrder(
      day(says.viewed(bob, ada), recent(2)),
      day(says.viewed(eve, ada), recent(2)),
      day(says.viewed(bob, ada), recent(1)),
      says.messaged(bob, [ada], newId()),
      says.messaged(bob, [ada], conversation),
      says.messaged(eve, [ada], conversation),
    );
    expect((await list(ada.client)).map(({ type, groupCount }) => [type, groupCount])).toEqual([
      ['MESSAGE', 2],
      ['MESSAGE', 1],
      ['PROFILE_VIEW', 1],
      ['PROFILE_VIEW', 2],
    ]);
  });

  it('that are late neither move the group nor take the newest’s place', async () => {
    const [ada, bob, eve] = await world.people('ada', 'bob', 'eve');
    const post = newId();
    const [late, early] = [newId(), newId()];
    await world.tell(says.commented(bob, ada, { postId: post, commentId: late }));
    const before = await only(ada.client);
    const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
    await world.tell({ ...says.commented(eve, ada, { postId: post, commentId: early }), occurredAt: hourAgo });
    const after = await only(ada.client);
    expect(usernames(after)).toEqual(['bob', 'eve']);
    expect(after).toMatchObject({ updatedAt: before.updatedAt, createdAt: hourAgo, subject: { id: late } });
  });
});

describe('what is taken back', () => {
  it('leaves its group, and with the last one the notification goes', async () => {
    const [ada, bob, eve, fay] = await world.people('ada', 'bob', 'eve', 'fay');
    const post = newId();
    await inOrder(says.reacted(bob, ada, post), says.reacted(eve, ada, post), says.reacted(fay, ada, post));
    await world.tell(says.unreacted(fay, ada, post));
    expect(usernames(await only(ada.client))).toEqual(['eve', 'bob']);
    expect(await only(ada.client)).toMatchObject({ actorCount: 2, groupCount: 2 });
    await inOrder(says.unreacted(eve, ada, post), says.unreacted(bob, ada, post));
    expect(await list(ada.client)).toEqual([]);
    expect(await unread(ada.client)).toBe(0);
  });

  it('makes room for those who were not shown', async () => {
    const [ada, ...others] = await world.people('ada', 'bob', 'eve', 'fay', 'gus', 'hal');
    const post = newId();
    await inOrder(...others.map((actor) => says.reacted(actor, ada, post)));
    const [bob, eve, , , hal] = others;
    if (!bob || !eve || !hal) throw new Error('nobody');
    await inOrder(says.unreacted(hal, ada, post), says.unreacted(bob, ada, post));
    expect(usernames(await only(ada.client))).toEqual(['gus', 'fay', 'eve']);
    expect(await only(ada.client)).toMatchObject({ actorCount: 3, groupCount: 3 });
  });

  it('leaves a person in the group of whom something else is in it', async () => {
    const [ada, bob] = await world.people('ada', 'bob');
    const [postId, first, second] = [newId(), newId(), newId()];
    await inOrder(
      says.commented(bob, ada, { postId, commentId: first }),
      says.commented(bob, ada, { postId, commentId: second }),
      says.commentDeleted(bob, ada, { postId, commentId: second }),
    );
    expect(await only(ada.client)).toMatchObject({
      actorCount: 1,
      groupCount: 1,
      subject: { __typename: 'Comment', id: first },
    });
  });

  it('leaves a notification that was read already, too', async () => {
    const [ada, bob, eve] = await world.people('ada', 'bob', 'eve');
    const post = newId();
    await inOrder(says.reacted(bob, ada, post), says.reacted(eve, ada, post));
    const { id } = await only(ada.client);
    await markRead(ada.client, [id]);
    await world.tell(says.unreacted(bob, ada, post));
    expect(usernames((await byId(ada.client, id)) ?? { actors: [] })).toEqual(['eve']);
    await world.tell(says.unreacted(eve, ada, post));
    expect(await byId(ada.client, id)).toBeNull();
  });

  it.each<[string, (ada: Person, bob: Person, id: string) => [AnyEvent, AnyEvent]]>([
    [
      'a friend request that is declined',
      (ada, bob, id) => [says.requested(bob, ada, id), says.declined(bob, ada, id)],
    ],
    ['… that is withdrawn', (ada, bob, id) => [says.requested(bob, ada, id), says.cancelled(bob, ada, id)]],
    [
      '… that is accepted',
      (ada, bob, id) => [says.requested(bob, ada, id), says.befriended(bob, ada, id)[0] ?? says.followed(bob, ada)],
    ],
    ['a follow that ended', (ada, bob) => [says.followed(bob, ada), says.unfollowed(bob, ada)]],
    [
      'comments of a post that is deleted',
      (ada, bob, postId) => [says.commented(bob, ada, { postId }), says.postDeleted(ada, postId)],
    ],
    [
      'answers under a post that is deleted',
      (ada, bob, postId) => [
        says.commented(bob, bob, { postId, parent: [newId(), ada] }),
        says.postDeleted(bob, postId),
      ],
    ],
    [
      'mentions in a comment that is deleted',
      (ada, bob, commentId) => [
        says.mentioned(bob, ada, commentId, newId()),
        says.commentDeleted(bob, bob, { postId: newId(), commentId }),
      ],
    ],
    [
      'a share that is deleted',
      (ada, bob, postId) => [says.shared(bob, ada, newId(), postId), says.postDeleted(bob, postId)],
    ],
    [
      'shares of a post that is deleted',
      (ada, bob, postId) => [says.shared(bob, ada, postId), says.postDeleted(ada, postId)],
    ],
    [
      'a message that is deleted',
      (ada, bob, id) => {
        const conversation = newId();
        return [says.messaged(bob, [ada], conversation, id), says.messageDeleted(bob, conversation, id)];
      },
    ],
    ['a group that one left', (ada, bob, id) => [says.joined(ada, bob, id), says.left(ada, id)]],
  ])('is %s, in either order of arrival', async (_what, events) => {
    for (const isReversed of [false, true]) {
      const [ada, bob] = await world.people('ada', 'bob');
      const [told, takenBack] = events(ada, bob, newId());
      if (isReversed) {
        await inOrder(takenBack, told);
      } else {
        await world.tell(told);
        expect(await unread(ada.client)).toBe(1);
        await world.tell(takenBack);
      }
      expect(await list(ada.client)).toEqual([]);
      expect(await unread(ada.client)).toBe(0);
    }
  });

  it('stays for the others in the conversation when one message of two is deleted', async () => {
    const [ada, bob, eve] = await world.people('ada', 'bob', 'eve');
    const [conversation, first, second] = [newId(), newId(), newId()];
    await inOrder(
      says.messaged(bob, [ada, eve], conversation, first),
      says.messaged(bob, [ada], conversation, second),
      says.messageDeleted(bob, conversation, second),
    );
    expect(await only(ada.client)).toMatchObject({ groupCount: 1, subject: { id: first } });
    await world.tell(says.messageDeleted(bob, conversation, first));
    expect([await list(ada.client), await list(eve.client)]).toEqual([[], []]);
  });
});

describe('events that are late or come again', () => {
  it('don’t revive what a newer one took back, nor take back what a newer one told', async () => {
    const [ada, bob] = await world.people('ada', 'bob');
    const post = newId();
    await inOrder(
      says.reacted(bob, ada, post, { version: 4 }),
      says.unreacted(bob, ada, post, 3),
      says.reacted(bob, ada, post, { version: 1 }),
    );
    expect(await only(ada.client)).toMatchObject({ groupCount: 1 });
    await inOrder(says.unreacted(bob, ada, post, 5), says.reacted(bob, ada, post, { version: 2 }));
    expect(await list(ada.client)).toEqual([]);
    await world.tell(says.reacted(bob, ada, post, { version: 6 }));
    expect(await only(ada.client)).toMatchObject({ groupCount: 1 });
  });

  it('a changed reaction tells nothing new, read or not', async () => {
    const [ada, bob] = await world.people('ada', 'bob');
    const post = newId();
    await inOrder(says.reacted(bob, ada, post), says.reacted(bob, ada, post));
    const { id } = await only(ada.client);
    await markRead(ada.client, [id]);
    await world.tell(says.reacted(bob, ada, post));
    expect(await only(ada.client)).toMatchObject({ id, groupCount: 1, isRead: true });
  });

  it('what somebody removed from their list doesn’t come back by itself, something new does', async () => {
    const [ada, bob, eve] = await world.people('ada', 'bob', 'eve');
    const post = newId();
    await world.tell(says.reacted(bob, ada, post));
    await remove(ada.client, (await only(ada.client)).id);
    await inOrder(says.reacted(bob, ada, post), says.unreacted(bob, ada, post), says.reacted(eve, ada, post));
    expect(usernames(await only(ada.client))).toEqual(['eve']);
  });

  it('the follows of befriending stay silent whichever comes first; a later follow is told', async () => {
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 0, 2],
    ]) {
      const [ada, bob] = await world.people('ada', 'bob');
      const events = says.befriended(bob, ada, newId());
      await inOrder(...order.flatMap((index) => events[index] ?? []));
      expect(await list(ada.client)).toEqual([]);
      expect((await list(bob.client)).map(({ type }) => type)).toEqual(['FRIEND_ACCEPTED']);
      await inOrder(says.unfollowed(bob, ada), says.followed(bob, ada));
      expect(await only(ada.client)).toMatchObject({ type: 'FOLLOW' });
    }
  });
});
