import type { AnyEvent } from '@postbook/events';
import { eventually } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Happenings, happenings, newId } from './support/happenings.ts';
import { type Notifications, type Person, startNotifications } from './support/notifications.ts';
import { byId, list, markRead, only, page, remove, unread } from './support/operations.ts';

let world: Notifications;
let says: Happenings;
beforeAll(async () => {
  world = await startNotifications();
  says = happenings(world);
});
afterAll(() => world.stop());

/** Everything that Bob can do that Ada is told of. */
const deeds: [string, (ada: Person, bob: Person) => AnyEvent][] = [
  ['a friend request', (ada, bob) => says.requested(bob, ada, newId())],
  ['a follow', (ada, bob) => says.followed(bob, ada)],
  ['a reaction', (ada, bob) => says.reacted(bob, ada, newId())],
  ['a comment', (ada, bob) => says.commented(bob, ada, { postId: newId() })],
  ['an answer', (ada, bob) => says.commented(bob, bob, { postId: newId(), parent: [newId(), ada] })],
  ['a mention', (ada, bob) => says.mentioned(bob, ada, newId(), newId())],
  ['a share', (ada, bob) => says.shared(bob, ada, newId())],
  ['a message in a group', (ada, bob) => says.messaged(bob, [ada], newId())],
  ['a look at the profile', (ada, bob) => says.viewed(bob, ada)],
  ['adding to a group', (ada, bob) => says.joined(ada, bob, newId())],
];

/** What can be between the two, or with Bob, that hides him. */
const hidings: [string, (ada: Person, bob: Person) => Promise<void>][] = [
  ['blocked by', (ada, bob) => world.world.block(ada, bob)],
  ['who blocked', (ada, bob) => world.world.block(bob, ada)],
  ['deactivated, known to', (_ada, bob) => world.world.setStatus(bob, 'Inactive')],
  ['erased, known to', (_ada, bob) => world.world.setStatus(bob, 'Deleted')],
];

describe.each(hidings)('somebody %s the reader', (_hiding, hide) => {
  it.each(deeds)('tells nobody by %s', async (_deed, deed) => {
    const [ada, bob] = await world.people('ada', 'bob');
    await hide(ada, bob);
    await world.tell(deed(ada, bob));
    expect(await list(ada.client)).toEqual([]);
    expect(await unread(ada.client)).toBe(0);
    // Nothing to be found in the store either.
    const sources = await world.db.collection('notification_sources').find({ userId: ada.id }).toArray();
    expect(sources.filter(({ isActive }) => isActive)).toEqual([]);
  });

  it('is taken out of groups, and their notifications out of the list', async () => {
    const [ada, bob, eve] = await world.people('ada', 'bob', 'eve');
    const post = newId();
    await world.tell(says.reacted(eve, ada, post));
    await world.tell(says.reacted(bob, ada, post), ...deeds.map(([, deed]) => deed(ada, bob)));
    expect(await unread(ada.client)).toBe(1 + deeds.length);
    await hide(ada, bob);
    // The event that hides him takes everything back; the list doesn't wait for it.
    const shown = await list(ada.client, { first: 50 });
    expect(shown.map(({ actors }) => actors.map(({ username }) => username))).toEqual([['eve']]);
    expect(shown[0]).toMatchObject({ actorCount: 1 });
    await eventually(async () => (await unread(ada.client)) === 1);
    expect(await only(ada.client)).toMatchObject({ actorCount: 1, groupCount: 1 });
  });
});

describe('a suspended person', () => {
  it('is shown as everywhere: what they did before stays', async () => {
    const [ada, bob] = await world.people('ada', 'bob');
    await world.tell(says.followed(bob, ada));
    await world.world.setStatus(bob, 'Suspended');
    expect(await only(ada.client)).toMatchObject({ type: 'FOLLOW' });
  });
});

describe('lifting a block', () => {
  it('brings nothing back; what comes later is told', async () => {
    const [ada, bob] = await world.people('ada', 'bob');
    await world.tell(says.followed(bob, ada));
    await world.tell(says.blocked(ada, bob));
    await world.world.unblock(ada, bob);
    expect(await list(ada.client)).toEqual([]);
    await world.tell(says.reacted(bob, ada, newId()));
    expect(await only(ada.client)).toMatchObject({ type: 'LIKE' });
  });
});

describe('a page', () => {
  it('is as long as asked for, however many on it are hidden', async () => {
    const [ada, bob, eve] = await world.people('ada', 'bob', 'eve');
    const react = (actor: Person) => says.reacted(actor, ada, newId());
    for (let n = 0; n < 10; n += 1) await world.tell(react(n % 2 ? bob : eve));
    // The copies know, and the event that takes things back has not come.
    await world.world.publish(says.blocked(ada, bob));
    const { nodes, pageInfo } = await page(ada.client, { first: 4 });
    expect(nodes.map(({ actors }) => actors[0]?.username)).toEqual(['eve', 'eve', 'eve', 'eve']);
    expect(pageInfo.hasNextPage).toBe(true);
  });
});

describe('somebody else’s notification', () => {
  it('is for them alone: not to be read, marked or removed', async () => {
    const [ada, bob, eve] = await world.people('ada', 'bob', 'eve');
    await world.tell(says.followed(bob, ada));
    const { id } = await only(ada.client);
    expect(await byId(eve.client, id)).toBeNull();
    expect(await markRead(eve.client, [id])).toEqual({ notifications: [], unreadCount: 0, errors: [] });
    expect(await remove(eve.client, id)).toMatchObject({ notificationId: null, errors: [{ code: 'NOT_FOUND' }] });
    const entities = await eve.client.data<{ _entities: unknown[] }>(
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Notification { id text } } }',
      { of: [{ __typename: 'Notification', id }] },
    );
    expect(entities._entities).toEqual([null]);
    expect(await only(ada.client)).toMatchObject({ id, isRead: false });
  });

  it.each([
    '{ notifications { nodes { id } } }',
    '{ unreadNotificationCount }',
    '{ notificationPreferences { timeZone } }',
    '{ notificationCursor }',
    '{ notification(id: "aaaaaaaaaaaaaaaaaaaaaaaa") { id } }',
    'mutation { markAllNotificationsRead(input: {}) { unreadCount } }',
    'mutation { markNotificationsRead(input: { ids: ["a"] }) { unreadCount } }',
    'mutation { deleteNotification(input: { id: "a" }) { notificationId } }',
    'mutation { updateNotificationPreferences(input: {}) { errors { code } } }',
  ])('nor for nobody: %s', async (query) => {
    const { errors } = await world.client(undefined).execute(query);
    expect(errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
  });
});

describe('an erased account', () => {
  it('leaves nothing of what it was told, nor of what it did, and a receipt, once', async () => {
    const [ada, bob, eve] = await world.people('ada', 'bob', 'eve');
    const post = newId();
    await world.tell(says.reacted(bob, ada, post), says.reacted(eve, ada, post), says.followed(bob, ada));
    await world.tell(says.reacted(ada, bob, newId()), says.followed(eve, bob), says.unreacted(bob, eve, newId()));
    await bob.client.data(
      'mutation { updateNotificationPreferences(input: { timeZone: "Europe/Vienna" }) { errors { code } } }',
    );
    const purged = says.purged(bob);
    await world.tell(purged);
    await world.tell({ ...purged, eventId: says.purged(bob).eventId });

    expect(await only(ada.client)).toMatchObject({ actorCount: 1, actors: [{ id: eve.id }] });
    expect(await unread(ada.client)).toBe(1);
    for (const name of ['notifications', 'notification_sources', 'notification_events']) {
      expect(await world.db.collection(name).countDocuments({ $or: [{ userId: bob.id }, { actorId: bob.id }] })).toBe(
        0,
      );
      expect(await world.db.collection(name).countDocuments({ actorIds: bob.id })).toBe(0);
    }
    for (const name of ['notification_heads', 'notification_preferences']) {
      expect(await world.db.collection<{ _id: string }>(name).countDocuments({ _id: bob.id })).toBe(0);
    }
    await world.tell(says.followed(eve, bob), says.followed(bob, ada));
    expect(await world.db.collection('notifications').countDocuments({ userId: bob.id })).toBe(0);
    expect(await unread(ada.client)).toBe(1);

    const events = await world.db.collection<{ event: string }>('outbox').find().toArray();
    const receipts = events.map(({ event }) => JSON.parse(event)).filter(({ payload }) => payload.userId === bob.id);
    expect(receipts.map(({ type, payload }) => [type, payload.service])).toEqual([
      ['UserDataErased', 'notifications'],
      ['UserDataErased', 'notifications'],
    ]);
  });
});
