import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chats, type Person, startChats } from './support/chats.ts';
import { directChat, group, history, markRead, send } from './support/operations.ts';

let chats: Chats;
let ada: Person;
let bob: Person;
let eve: Person;
beforeAll(async () => {
  chats = await startChats();
  [ada, bob, eve] = await chats.people('ada', 'bob', 'eve');
});
afterAll(() => chats.stop());

const unread = async (client: Person['client'], id: string) => {
  const data = await client.data<{ conversation: { unreadCount: number }; unreadMessageCount: number }>(
    'query ($id: ID!) { conversation(id: $id) { unreadCount } unreadMessageCount }',
    { id },
  );
  return [data.conversation.unreadCount, data.unreadMessageCount];
};

const sendMany = async (person: Person, id: string, count: number) => {
  for (let n = 1; n <= count; n += 1) await send(person.client, id, `${person.name} ${n}`);
};

describe('unread messages', () => {
  it('are those of others after the watermark', async () => {
    const [dan, fay] = await chats.people('dan', 'fay');
    const id = await directChat(dan, fay);
    await sendMany(dan, id, 3);
    await sendMany(fay, id, 2);
    expect(await unread(dan.client, id)).toEqual([2, 2]);
    expect(await unread(fay.client, id)).toEqual([3, 3]);
    expect(await markRead(fay.client, id, 2)).toEqual({
      conversation: { unreadCount: 1, viewerMember: { lastReadNumber: 2 } },
      errors: [],
    });
    const other = await group(dan, fay);
    await sendMany(dan, other, 2);
    expect(await unread(fay.client, other)).toEqual([2, 3]);
  });

  it('are counted exactly while people send and read at once', async () => {
    const [dan, fay] = await chats.people('dan', 'fay');
    const id = await directChat(dan, fay);
    await Promise.all([
      sendMany(dan, id, 20),
      sendMany(fay, id, 20),
      (async () => {
        for (let n = 1; n <= 10; n += 1) await markRead(fay.client, id, n);
      })(),
    ]);
    const { nodes } = await history(dan.client, id, { first: 50 });
    const { conversation } = await markRead(fay.client, id, 0);
    const watermark = conversation?.viewerMember.lastReadNumber ?? 0;
    const expected = nodes.filter(({ number, sender }) => number > watermark && sender.id === dan.id).length;
    expect(conversation?.unreadCount).toBe(expected);
  });
});

describe('the watermark', () => {
  it('only grows and never passes the newest message', async () => {
    const id = await group(ada, bob);
    await sendMany(ada, id, 5);
    const at = async (number: number) =>
      (await markRead(bob.client, id, number)).conversation?.viewerMember.lastReadNumber;
    expect([await at(3), await at(1), await at(0), await at(1_000_000)]).toEqual([3, 3, 3, 5]);
    await sendMany(ada, id, 1);
    expect(await unread(bob.client, id).then(([count]) => count)).toBe(1);
  });

  it('leaves a receipt for a second in which it moved', async () => {
    const id = await group(ada, bob);
    await sendMany(ada, id, 5);
    await Promise.all([1, 2, 3, 4, 5].map((number) => markRead(bob.client, id, number)));
    const receipts = await chats.db.collection('receipts').find({ userId: bob.id }).sort({ upTo: -1 }).toArray();
    expect(receipts[0]).toMatchObject({ kind: 'Read', upTo: 5 });
    expect(receipts[0]?.at).toBeInstanceOf(Date);
  });

  it('is moved by members only', async () => {
    const id = await directChat(ada, bob);
    expect((await markRead(eve.client, id, 1)).errors).toEqual([
      { code: 'NOT_FOUND', path: ['input', 'conversationId'] },
    ]);
    expect((await markRead(ada.client, id, -1)).errors[0]?.code).toBe('INVALID_FORMAT');
  });
});

describe('history', () => {
  it('is read by pages from either end, without skipping or repeating', async () => {
    const id = await group(ada, bob);
    await sendMany(ada, id, 7);
    const numbers = (page: Awaited<ReturnType<typeof history>>) => page.nodes.map(({ number }) => number);
    const last = await history(bob.client, id, { last: 3 });
    const middle = await history(bob.client, id, { last: 3, before: last.pageInfo.startCursor });
    const first = await history(bob.client, id, { last: 3, before: middle.pageInfo.startCursor });
    expect([first, middle, last].map(numbers)).toEqual([[1], [2, 3, 4], [5, 6, 7]]);
    expect([first, middle, last].map(({ pageInfo }) => pageInfo.hasPreviousPage)).toEqual([false, true, true]);
    const forward = await history(bob.client, id, { first: 4, after: first.pageInfo.endCursor });
    expect(numbers(forward)).toEqual([2, 3, 4, 5]);
    expect(forward.pageInfo.hasNextPage).toBe(true);
  });

  it.each([
    ['more than 50 at once', { first: 51 }],
    ['none at once', { last: 0 }],
    ['both ends at once', { first: 1, last: 1 }],
    ['a cursor of another list', { first: 1, after: 'bm9wZQ' }],
  ])('refuses %s', async (_what, args) => {
    const id = await directChat(ada, bob);
    await expect(history(ada.client, id, args)).rejects.toThrow('BAD_USER_INPUT');
  });
});

describe('the list of conversations', () => {
  interface List {
    conversations: {
      nodes: { id: string; lastMessage: { content: string } | null; unreadCount: number }[];
      pageInfo: { endCursor: string; hasNextPage: boolean };
    };
  }
  const list = (client: Person['client'], args: Record<string, unknown>) =>
    client.data<List>(
      `query ($first: Int, $after: String) { conversations(first: $first, after: $after) {
        nodes { id lastMessage { content } unreadCount } pageInfo { endCursor hasNextPage }
      } }`,
      args,
    );

  it('has the newest activity first and is read by pages', async () => {
    const [dan, fay] = await chats.people('dan', 'fay');
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push(await group(dan, fay));
    const [a = '', b = '', c = '', d = '', e = ''] = ids;
    await send(dan.client, b, 'up again');
    const first = (await list(fay.client, { first: 2 })).conversations;
    expect(first.nodes).toEqual([
      { id: b, lastMessage: { content: 'up again' }, unreadCount: 1 },
      { id: e, lastMessage: null, unreadCount: 0 },
    ]);
    const second = (await list(fay.client, { first: 3, after: first.pageInfo.endCursor })).conversations;
    expect(second.nodes.map(({ id }) => id)).toEqual([d, c, a]);
    expect(second.pageInfo.hasNextPage).toBe(false);
  });

  it('shows the members of every chat, by pages', async () => {
    const [dan, fay, gil] = await chats.people('dan', 'fay', 'gil');
    await directChat(dan, fay);
    await directChat(gil, dan);
    await group(dan, fay, gil);
    interface Members {
      nodes: { user: { username: string } }[];
      pageInfo: { hasNextPage: boolean; endCursor: string };
    }
    const ask = async (args: Record<string, unknown>) => {
      const data = await dan.client.data<{ conversations: { nodes: { members: Members }[] } }>(
        `query ($first: Int, $after: String) { conversations { nodes {
          members(first: $first, after: $after) { nodes { user { username } } pageInfo { hasNextPage endCursor } }
        } } }`,
        args,
      );
      return data.conversations.nodes.map(({ members }) => members);
    };
    const names = (members: Members) => members.nodes.map(({ user }) => user.username).sort();
    expect((await ask({})).map(names)).toEqual([
      ['dan', 'fay', 'gil'],
      ['dan', 'gil'],
      ['dan', 'fay'],
    ]);
    const [, newest] = await ask({ first: 1 });
    expect(newest).toMatchObject({ nodes: [{}], pageInfo: { hasNextPage: true } });
    const [, rest] = await ask({ first: 1, after: newest?.pageInfo.endCursor });
    expect(rest?.pageInfo.hasNextPage).toBe(false);
    expect([newest, rest].flatMap((page) => (page ? names(page) : [])).sort()).toEqual(['dan', 'gil']);
  });

  it('has nothing of others: neither in lists, nor by id, nor as an entity', async () => {
    const id = await directChat(ada, bob);
    const { id: messageId } = await send(ada.client, id, 'private');
    const [stranger] = await chats.people('stranger');
    const data = await stranger.client.data(
      `query ($id: ID!, $refs: [_Any!]!) {
        conversation(id: $id) { id }
        conversations { nodes { id } }
        unreadMessageCount
        _entities(representations: $refs) { __typename }
      }`,
      {
        id,
        refs: [
          { __typename: 'Conversation', id },
          { __typename: 'Message', id: messageId },
        ],
      },
    );
    expect(data).toEqual({
      conversation: null,
      conversations: { nodes: [] },
      unreadMessageCount: 0,
      _entities: [null, null],
    });
  });
});
