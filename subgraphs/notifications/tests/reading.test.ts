import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Happenings, happenings, newId } from './support/happenings.ts';
import { type Notifications, type Person, startNotifications } from './support/notifications.ts';
import { byId, list, markAllRead, markRead, only, page, remove, unread } from './support/operations.ts';

let world: Notifications;
let says: Happenings;
beforeAll(async () => {
  world = await startNotifications({ instances: 2 });
  says = happenings(world);
});
afterAll(() => world.stop());

/** Ada with so many notifications, one for each post. */
async function adaWith(count: number): Promise<Person> {
  const [ada, bob] = await world.people('ada', 'bob');
  await world.tell(...Array.from({ length: count }, () => says.reacted(bob, ada, newId())));
  return ada;
}

describe('the list', () => {
  it('is read page by page in both directions, without skips or repeats, also among equal moments', async () => {
    const [ada, bob] = await world.people('ada', 'bob');
    const at = new Date().toISOString();
    await world.tell(
      ...Array.from({ length: 12 }, (_, n) => {
        const event = says.reacted(bob, ada, newId());
        return n % 2 ? { ...event, occurredAt: at } : event;
      }),
    );
    const all = (await list(ada.client, { first: 50 })).map(({ id }) => id);
    expect(new Set(all).size).toBe(12);

    const forward: string[] = [];
    for (let after: string | null = null; forward.length < 12; ) {
      const { nodes, pageInfo }: Awaited<ReturnType<typeof page>> = await page(ada.client, { first: 5, after });
      expect(pageInfo.hasPreviousPage).toBe(after !== null);
      forward.push(...nodes.map(({ id }) => id));
      after = pageInfo.endCursor;
      expect(pageInfo.hasNextPage).toBe(forward.length < 12);
    }
    expect(forward).toEqual(all);

    const backward: string[] = [];
    for (let before: string | null = null; backward.length < 12; ) {
      const { nodes, pageInfo }: Awaited<ReturnType<typeof page>> = await page(ada.client, { last: 5, before });
      backward.unshift(...nodes.map(({ id }) => id));
      before = pageInfo.startCursor;
      expect(pageInfo.hasPreviousPage).toBe(backward.length < 12);
    }
    expect(backward).toEqual(all);
  });

  it('may be of unread or read ones, and of some kinds', async () => {
    const [ada, bob] = await world.people('ada', 'bob');
    await world.tell(says.reacted(bob, ada, newId()), says.followed(bob, ada), says.viewed(bob, ada));
    const types = async (filter: Record<string, unknown>) =>
      (await list(ada.client, { filter })).map(({ type }) => type).sort();
    const follow = (await list(ada.client)).find(({ type }) => type === 'FOLLOW');
    await markRead(ada.client, [follow?.id ?? '']);
    expect(await types({ isUnread: true })).toEqual(['LIKE', 'PROFILE_VIEW']);
    expect(await types({ isUnread: false })).toEqual(['FOLLOW']);
    expect(await types({ types: ['FOLLOW', 'LIKE'] })).toEqual(['FOLLOW', 'LIKE']);
    expect(await types({ types: ['FOLLOW', 'LIKE'], isUnread: true })).toEqual(['LIKE']);
    expect(await types({ types: [] })).toEqual([]);
    expect(await types({})).toHaveLength(3);
  });

  it.each([
    [{ first: 51 }, 'BAD_USER_INPUT'],
    [{ first: 0 }, 'BAD_USER_INPUT'],
    [{ first: 5, last: 5 }, 'BAD_USER_INPUT'],
    [{ after: 'nonsense' }, 'BAD_USER_INPUT'],
  ])('refuses %j', async (args, code) => {
    await expect(page(world.client(randomUUID()), args)).rejects.toThrow(code);
  });

  it('is written in a language that is known, else in English', async () => {
    const ada = await adaWith(1);
    const { notifications } = await ada.client.data<{ notifications: { nodes: Record<string, string>[] } }>(
      `{ notifications { nodes {
        none: text  english: text(language: "en")  british: text(language: "en-GB")  klingon: text(language: "tlh")
        title(language: "xx")
      } } }`,
    );
    const text = 'bob T. reacted to your post.';
    expect(notifications.nodes).toEqual([
      { none: text, english: text, british: text, klingon: text, title: 'Reactions to your post' },
    ]);
  });

  it('is answered with few queries, however long', async () => {
    const ada = await adaWith(30);
    const before = { ...world.owners.calls };
    expect(await list(ada.client, { first: 30 })).toHaveLength(30);
    // People are known from events: nobody is asked.
    expect(world.owners.calls).toEqual(before);
  });
});

describe('a notification', () => {
  it('is found by its id, whatever case it is written in; nonsense is nothing', async () => {
    const ada = await adaWith(1);
    const { id } = await only(ada.client);
    expect((await byId(ada.client, id))?.id).toBe(id);
    expect((await byId(ada.client, id.toUpperCase()))?.id).toBe(id);
    expect(await byId(ada.client, newId())).toBeNull();
    expect(await byId(ada.client, 'nonsense')).toBeNull();
  });

  it('is an entity for its owner', async () => {
    const ada = await adaWith(1);
    const { id } = await only(ada.client);
    const { _entities } = await ada.client.data<{ _entities: unknown[] }>(
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Notification { id isRead } } }',
      { of: [{ __typename: 'Notification', id }] },
    );
    expect(_entities).toEqual([{ id, isRead: false }]);
  });
});

describe('marking as read', () => {
  it('marks those named, once, and says what is left', async () => {
    const ada = await adaWith(3);
    const [first, second] = await list(ada.client);
    const ids = [first?.id ?? '', second?.id ?? '', newId(), 'nonsense'];
    expect(await markRead(ada.client, ids)).toMatchObject({
      notifications: [
        { id: first?.id, isRead: true },
        { id: second?.id, isRead: true },
      ],
      unreadCount: 1,
    });
    const { readAt } = (await byId(ada.client, first?.id ?? '')) ?? {};
    expect(readAt).not.toBeNull();
    expect(await markRead(ada.client, ids)).toMatchObject({ unreadCount: 1 });
    expect((await byId(ada.client, first?.id ?? ''))?.readAt).toBe(readAt);
    expect(await unread(ada.client)).toBe(1);
  });

  it.each([
    [0, 'REQUIRED'],
    [101, 'TOO_LONG'],
  ])('refuses %i ids', async (count, code) => {
    const ids = Array.from({ length: count }, newId);
    const { errors, unreadCount } = await markRead(world.client(randomUUID()), ids);
    expect([errors, unreadCount]).toEqual([[{ code, path: ['input', 'ids'] }], null]);
  });

  it('marks all, more than fit into one transaction', async () => {
    const ada = await adaWith(1);
    const sample = await world.db.collection('notifications').findOne({ userId: ada.id });
    const others = Array.from({ length: 1_100 }, (_, n) => {
      const { _id, ...rest } = sample ?? {};
      return { ...rest, groupKey: `Like:Post:${n}` };
    });
    await world.db.collection('notifications').insertMany(others);
    expect(await unread(ada.client)).toBe(1_101);
    expect(await markAllRead(ada.client)).toEqual({ markedCount: 1_101, unreadCount: 0, errors: [] });
    expect(await markAllRead(ada.client)).toMatchObject({ markedCount: 0, unreadCount: 0 });
  });

  it('marks all up to a place in the list: what came meanwhile stays unread', async () => {
    const ada = await adaWith(4);
    const { edges } = await page(ada.client);
    const [bob] = await world.people('late');
    await world.tell(says.reacted(bob, ada, newId()));
    expect(await markAllRead(ada.client, edges[1]?.cursor)).toMatchObject({ markedCount: 3, unreadCount: 2 });
    expect((await list(ada.client)).map(({ isRead }) => isRead)).toEqual([false, false, true, true, true]);
    await expect(markAllRead(ada.client, 'nonsense')).rejects.toThrow('BAD_USER_INPUT');
  });
});

describe('removing', () => {
  it('takes it out of the list, unread or read, once', async () => {
    const ada = await adaWith(2);
    const [first, second] = await list(ada.client);
    await markRead(ada.client, [second?.id ?? '']);
    expect(await remove(ada.client, first?.id ?? '')).toEqual({
      notificationId: first?.id,
      unreadCount: 0,
      errors: [],
    });
    expect(await remove(ada.client, second?.id ?? '')).toMatchObject({ notificationId: second?.id });
    expect(await remove(ada.client, first?.id ?? '')).toMatchObject({
      notificationId: null,
      errors: [{ code: 'NOT_FOUND', path: ['input', 'id'] }],
    });
    expect(await remove(ada.client, 'nonsense')).toMatchObject({ errors: [{ code: 'NOT_FOUND' }] });
    expect(await list(ada.client)).toEqual([]);
  });
});

describe('people', () => {
  it('who are not known yet are asked for at their owners, once for all', async () => {
    const [ada] = await world.people('ada');
    const strangers = Array.from({ length: 5 }, (_, n) => ({ id: randomUUID(), name: `s${n}` }));
    for (const { id, name } of strangers) {
      world.owners.people.set(id, { username: name, displayName: name.toUpperCase(), avatarUrl: null });
    }
    const before = { ...world.owners.calls };
    await world.tell(...strangers.map((stranger) => says.reacted(stranger, ada, newId())));
    const texts = (await list(ada.client)).map(({ text }) => text);
    expect(texts.sort()).toEqual(strangers.map(({ name }) => `${name.toUpperCase()} reacted to your post.`));
    expect(world.owners.calls).toEqual({ auth: before.auth + 1, profiles: before.profiles + 1 });
  });
});
