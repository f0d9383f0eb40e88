import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Happenings, happenings, newId } from './support/happenings.ts';
import { type Notifications, startNotifications } from './support/notifications.ts';
import { cursorOf, listen, markAllRead, markRead, next, only, remove, unread } from './support/operations.ts';

let world: Notifications;
let says: Happenings;
beforeAll(async () => {
  world = await startNotifications({ instances: 2 });
  says = happenings(world);
});
afterAll(() => world.stop());

const codeOf = async (events: ReturnType<typeof listen>) => (await events.next()).errors?.[0]?.extensions?.code;

describe('listening to one’s notifications', () => {
  it('tells of new ones, of groups that change, of reading and of removal, with what is unread', async () => {
    const [ada, bob, eve] = await world.people('ada', 'bob', 'eve');
    const post = newId();
    const events = listen(world, ada, await cursorOf(ada.client), world.instance(1));

    await world.tell(says.reacted(bob, ada, post));
    const first = await next(events);
    expect(first).toMatchObject({
      kind: 'NEW',
      unreadCount: 1,
      notification: { type: 'LIKE', text: 'bob T. reacted to your post.', actors: [{ username: 'bob' }] },
    });
    const id = first.notificationId ?? '';

    await world.tell(says.reacted(eve, ada, post));
    expect(await next(events)).toMatchObject({
      kind: 'UPDATED',
      notificationId: id,
      unreadCount: 1,
      notification: { actorCount: 2 },
    });
    await markRead(ada.client, [id]);
    expect(await next(events)).toMatchObject({
      kind: 'READ',
      notificationId: id,
      unreadCount: 0,
      notification: { isRead: true },
    });
    await world.tell(says.unreacted(bob, ada, post));
    expect(await next(events)).toMatchObject({ kind: 'UPDATED', notification: { actorCount: 1 } });
    await remove(ada.client, id);
    expect(await next(events)).toMatchObject({ kind: 'REMOVED', notificationId: id, notification: null });

    await world.tell(says.followed(bob, ada));
    expect(await next(events)).toMatchObject({ kind: 'NEW', unreadCount: 1 });
    await markAllRead(ada.client);
    const all = await next(events);
    expect(all).toMatchObject({ kind: 'ALL_READ', notificationId: null, notification: null, unreadCount: 0 });
    expect(Date.parse(all.readUpTo ?? '')).toBeGreaterThan(Date.now() - 60_000);
  });

  it('catches up from the cursor of the last event that was handled, without loss or repeat', async () => {
    const [ada, bob] = await world.people('ada', 'bob');
    const events = listen(world, ada, await cursorOf(ada.client));
    for (let n = 0; n < 2; n += 1) await world.tell(says.reacted(bob, ada, newId()));
    await next(events);
    const { cursor } = await next(events);
    events.stop();
    // More than a page of the store's.
    await world.tell(...Array.from({ length: 150 }, () => says.reacted(bob, ada, newId())));
    const again = listen(world, ada, cursor, world.instance(1));
    await world.tell(says.followed(bob, ada));

    const seen: (string | null)[] = [];
    for (let n = 0; n < 151; n += 1) seen.push((await next(again)).notificationId);
    expect(new Set(seen).size).toBe(151);
    expect(again.events.at(-1)?.data?.notificationReceived).toMatchObject({
      kind: 'NEW',
      unreadCount: 153,
      notification: { type: 'FOLLOW' },
    });
  });

  it('without a cursor begins now', async () => {
    const [ada, bob] = await world.people('ada', 'bob');
    await world.tell(says.reacted(bob, ada, newId()));
    const events = listen(world, ada);
    // Which event is the first after "now" is a race; that no earlier one comes is not.
    const telling = (async () => {
      for (let n = 0; events.events.length === 0 && n < 200; n += 1) {
        await world.tell(n % 2 ? says.unfollowed(bob, ada) : says.followed(bob, ada));
      }
    })();
    expect((await next(events)).notification?.type ?? 'FOLLOW').toBe('FOLLOW');
    await telling;
  });

  it('tells of a hundred reactions of one moment in few events, the last of them right', async () => {
    const people = await world.people('ada', ...Array.from({ length: 100 }, (_, n) => `p${n}`));
    const [ada, ...others] = people;
    if (!ada) throw new Error('nobody');
    const post = newId();
    const events = listen(world, ada, await cursorOf(ada.client));
    await world.tell(...others.map((actor) => says.reacted(actor, ada, post)));
    const last = await events.nextWhere(({ data }) => data?.notificationReceived.notification?.groupCount === 100);
    expect(last.data?.notificationReceived).toMatchObject({ unreadCount: 1, notification: { actorCount: 100 } });
    expect(events.events.filter(({ data }) => data?.notificationReceived.kind === 'NEW')).toHaveLength(1);
    expect(events.events.length).toBeLessThan(60);
  });

  it('tells of what is gone by now without what it was', async () => {
    const [ada, bob] = await world.people('ada', 'bob');
    const cursor = await cursorOf(ada.client);
    await world.tell(says.followed(bob, ada));
    await world.tell(says.unfollowed(bob, ada));
    const events = listen(world, ada, cursor);
    expect(await next(events)).toMatchObject({ kind: 'NEW', notification: null, unreadCount: 0 });
    expect(await next(events)).toMatchObject({ kind: 'REMOVED', notification: null });
  });

  it('shows nobody who is blocked by now, and tells that they are gone', async () => {
    const [ada, bob] = await world.people('ada', 'bob');
    const cursor = await cursorOf(ada.client);
    await world.tell(says.followed(bob, ada));
    const events = listen(world, ada, cursor);
    expect(await next(events)).toMatchObject({ kind: 'NEW', notification: { actors: [{ id: bob.id }] } });
    await world.tell(says.blocked(bob, ada));
    expect(await next(events)).toMatchObject({ kind: 'REMOVED', unreadCount: 0 });
    const late = listen(world, ada, cursor);
    expect(await next(late)).toMatchObject({ kind: 'NEW', notification: null });
  });

  it('is for the logged-in, with cursors of their own', async () => {
    const [ada, bob] = await world.people('ada', 'bob');
    expect(await codeOf(listen(world, undefined))).toBe('UNAUTHENTICATED');
    expect(await codeOf(listen(world, ada, await cursorOf(bob.client)))).toBe('BAD_USER_INPUT');
    expect(await codeOf(listen(world, ada, 'nonsense'))).toBe('BAD_USER_INPUT');
  });

  it('tells nobody of others’ notifications', async () => {
    const [ada, bob, eve] = await world.people('ada', 'bob', 'eve');
    const events = listen(world, eve, await cursorOf(eve.client));
    await world.tell(says.followed(bob, ada));
    await world.tell(says.followed(bob, eve));
    await next(events);
    expect(events.events).toHaveLength(1);
    expect(JSON.stringify(events.events)).not.toContain(ada.id);
  });

  it('goes on for somebody who has never been told anything', async () => {
    const stranger = { id: randomUUID(), name: 'new', client: world.client(undefined) };
    const [bob] = await world.people('bob');
    const events = listen(world, stranger, await cursorOf(world.client(stranger.id)));
    await world.tell(says.followed(bob, stranger));
    expect(await next(events)).toMatchObject({ kind: 'NEW', unreadCount: 1 });
  });
});

describe('numbers', () => {
  it('of a person’s changes have no gaps', async () => {
    const [ada, bob] = await world.people('ada', 'bob');
    await world.tell(...Array.from({ length: 40 }, (_, n) => says.reacted(bob, ada, newId(), { version: n + 1 })));
    const { id } = (await only(ada.client).catch(() => undefined)) ?? { id: '' };
    await markRead(ada.client, [id, newId()]);
    await markAllRead(ada.client);
    expect(await unread(ada.client)).toBe(0);
    const rows = await world.db
      .collection('notification_events')
      .find({ userId: ada.id })
      .sort({ sequence: 1 })
      .toArray();
    expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_row, index) => index + 1));
    const head = await world.db
      .collection<{ _id: string; sequence: number }>('notification_heads')
      .findOne({ _id: ada.id });
    expect(head?.sequence).toBe(rows.length);
  });
});
