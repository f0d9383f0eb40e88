import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chats, type Person, startChats } from './support/chats.ts';
import { addMembers, createGroup, directChat, group, history, leave, send, trySend } from './support/operations.ts';

let chats: Chats;
let ada: Person;
let bob: Person;
let eve: Person;
beforeAll(async () => {
  chats = await startChats({ instances: 2 });
  [ada, bob, eve] = await chats.people('ada', 'bob', 'eve');
});
afterAll(() => chats.stop());

interface Details {
  name: string | null;
  kind: string;
  memberCount: number;
  members: { nodes: { role: string; user: { id: string; username: string; displayName: string } }[] };
  viewerMember: { role: string };
  lastMessage: { content: string } | null;
  unreadCount: number;
}

const details = async (client: Person['client'], id: string) => {
  const data = await client.data<{ conversation: Details | null }>(
    `query ($id: ID!) { conversation(id: $id) {
      name kind memberCount viewerMember { role } lastMessage { content } unreadCount
      members { nodes { role user { id username displayName } } }
    } }`,
    { id },
  );
  return data.conversation;
};

const rolesOf = (conversation: Details | null) =>
  Object.fromEntries(conversation?.members.nodes.map(({ user, role }) => [user.username, role]) ?? []);

describe('making a group', () => {
  it('makes the maker its owner and everybody named a member', async () => {
    const input = { name: ' Friends ', description: 'Us', memberIds: [bob.id, eve.id, bob.id, ada.id] };
    const { conversation } = await createGroup(ada.client, input);
    const found = await details(bob.client, conversation?.id ?? '');
    expect(found).toMatchObject({ name: 'Friends', kind: 'GROUP', memberCount: 3, viewerMember: { role: 'MEMBER' } });
    expect(rolesOf(found)).toEqual({ ada: 'OWNER', bob: 'MEMBER', eve: 'MEMBER' });
  });

  it('makes one group however often and wherever the request is sent', async () => {
    const input = { name: 'Once', memberIds: [bob.id], clientMutationId: randomUUID() };
    const made = await Promise.all(
      [0, 1, 2, 3].map((n) => createGroup(chats.client(ada.id, chats.instance(n)), input)),
    );
    expect(new Set(made.map(({ conversation }) => conversation?.id)).size).toBe(1);
    await expect(createGroup(ada.client, { ...input, name: 'Other' })).rejects.toThrow('IDEMPOTENCY_CONFLICT');
  });

  it('says everything that is wrong at once, and where', async () => {
    const nobody = randomUUID();
    const { errors } = await createGroup(ada.client, {
      name: ' ',
      description: 'x'.repeat(501),
      memberIds: [bob.id, 'no id'],
      clientMutationId: 'x'.repeat(65),
    });
    expect(errors).toEqual([
      { code: 'REQUIRED', path: ['input', 'name'] },
      { code: 'TOO_LONG', path: ['input', 'description'] },
      { code: 'NOT_FOUND', path: ['input', 'memberIds', '1'] },
      { code: 'TOO_LONG', path: ['input', 'clientMutationId'] },
    ]);
    const unknown = await createGroup(ada.client, { name: 'G', memberIds: [bob.id, nobody] });
    expect(unknown.errors).toEqual([{ code: 'NOT_FOUND', path: ['input', 'memberIds', '1'] }]);
    const alone = await createGroup(ada.client, { name: 'G', memberIds: [ada.id] });
    expect(alone.errors).toEqual([{ code: 'SELF', path: ['input', 'memberIds'] }]);
    const many = await createGroup(ada.client, { name: 'G', memberIds: Array.from({ length: 51 }, randomUUID) });
    expect(many.errors).toEqual([{ code: 'TOO_LONG', path: ['input', 'memberIds'] }]);
  });

  it('refuses people who blocked the maker or take no messages from them', async () => {
    const [dan, silent] = await chats.people('dan', 'silent');
    await chats.block(dan, ada);
    await chats.allowMessages(silent, 'None');
    const { errors } = await createGroup(ada.client, { name: 'G', memberIds: [bob.id, dan.id, silent.id] });
    expect(errors).toEqual([
      { code: 'NOT_ALLOWED', path: ['input', 'memberIds', '1'] },
      { code: 'NOT_ALLOWED', path: ['input', 'memberIds', '2'] },
    ]);
  });
});

describe('adding people to a group', () => {
  it('lets them see what is sent from then on, and nothing earlier', async () => {
    const id = await group(ada, bob);
    await send(ada.client, id, 'before eve');
    expect(await addMembers(ada.client, id, eve, bob)).toEqual({ conversation: { memberCount: 3 }, errors: [] });
    expect(await details(eve.client, id)).toMatchObject({ lastMessage: null, unreadCount: 0 });
    await send(ada.client, id, 'after eve');
    expect((await history(eve.client, id)).nodes.map(({ content }) => content)).toEqual(['after eve']);
    expect(await details(eve.client, id)).toMatchObject({ lastMessage: { content: 'after eve' }, unreadCount: 1 });
  });

  it('is for owners and admins of groups', async () => {
    const id = await group(ada, bob);
    const refusal = { conversation: null, errors: [{ code: 'NOT_ALLOWED', path: ['input', 'conversationId'] }] };
    expect(await addMembers(bob.client, id, eve)).toEqual(refusal);
    expect(await addMembers(ada.client, await directChat(ada, bob), eve)).toEqual(refusal);
    expect((await addMembers(eve.client, id, eve)).errors[0]?.code).toBe('NOT_FOUND');
  });

  it('adds nobody when one of them can’t be added', async () => {
    const [dan] = await chats.people('dan');
    await chats.block(dan, ada);
    const id = await group(ada, bob);
    expect((await addMembers(ada.client, id, eve, dan)).errors).toEqual([
      { code: 'NOT_ALLOWED', path: ['input', 'userIds', '1'] },
    ]);
    expect(await details(eve.client, id)).toBeNull();
  });

  it('adds a person once when two add them at the same time', async () => {
    const id = await group(ada, bob);
    await Promise.all([0, 1].map((n) => addMembers(chats.client(ada.id, chats.instance(n)), id, eve)));
    expect(await details(ada.client, id)).toMatchObject({ memberCount: 3 });
    expect(await chats.db.collection('members').countDocuments({ userId: eve.id, role: 'Member' })).toBeGreaterThan(0);
  });
});

describe('leaving a group', () => {
  it('leaves what one had and shows nothing later', async () => {
    const id = await group(ada, bob, eve);
    await send(ada.client, id, 'kept');
    expect(await leave(bob.client, id)).toEqual({ conversationId: id, errors: [] });
    await send(ada.client, id, 'later');
    await leave(eve.client, id);
    const seen = await details(bob.client, id);
    expect(seen).toMatchObject({ lastMessage: { content: 'kept' }, unreadCount: 1, memberCount: 3 });
    expect(Object.keys(rolesOf(seen)).sort()).toEqual(['ada', 'bob', 'eve']);
    expect((await history(bob.client, id)).nodes.map(({ content }) => content)).toEqual(['kept']);
    const { conversations } = await bob.client.data<{ conversations: { nodes: { id: string }[] } }>(
      '{ conversations(first: 50) { nodes { id } } }',
    );
    expect(conversations.nodes.map((node) => node.id)).not.toContain(id);
    expect(await details(ada.client, id)).toMatchObject({ memberCount: 1 });
  });

  it('keeps both stays apart for who comes back', async () => {
    const id = await group(ada, bob);
    await send(ada.client, id, 'first stay');
    await leave(bob.client, id);
    await send(ada.client, id, 'away');
    await addMembers(ada.client, id, bob);
    await send(ada.client, id, 'second stay');
    const contents = ['first stay', 'second stay'];
    expect((await history(bob.client, id)).nodes.map(({ content }) => content)).toEqual(contents);
    const last = await history(bob.client, id, { last: 1 });
    expect(last).toMatchObject({ nodes: [{ content: 'second stay' }], pageInfo: { hasPreviousPage: true } });
    const before = await history(bob.client, id, { last: 1, before: last.pageInfo.startCursor });
    expect(before).toMatchObject({ nodes: [{ content: 'first stay' }], pageInfo: { hasPreviousPage: false } });
    expect(await details(bob.client, id)).toMatchObject({ unreadCount: 1 });
  });

  it('hands the owner’s role to the longest-serving member', async () => {
    const id = await group(ada, bob);
    await addMembers(ada.client, id, eve);
    await leave(ada.client, id);
    expect(rolesOf(await details(bob.client, id))).toEqual({ bob: 'OWNER', eve: 'MEMBER' });
    expect((await addMembers(bob.client, id, ada)).errors).toEqual([]);
    expect(rolesOf(await details(eve.client, id))).toEqual({ bob: 'OWNER', eve: 'MEMBER', ada: 'MEMBER' });
  });

  it('prefers an admin as the successor', async () => {
    const id = await group(ada, bob);
    await addMembers(ada.client, id, eve);
    await chats.db
      .collection('members')
      .updateMany({ userId: eve.id, role: 'Member', joinedSequence: 2 }, { $set: { role: 'Admin' } });
    await leave(ada.client, id);
    expect(rolesOf(await details(eve.client, id))).toEqual({ bob: 'MEMBER', eve: 'OWNER' });
  });

  it('can’t be done to a chat between two; twice is once; for strangers there is nothing to leave', async () => {
    expect((await leave(ada.client, await directChat(ada, bob))).errors[0]?.code).toBe('NOT_ALLOWED');
    const id = await group(ada, bob);
    await leave(bob.client, id);
    expect(await leave(bob.client, id)).toEqual({ conversationId: id, errors: [] });
    expect((await leave(eve.client, id)).errors[0]?.code).toBe('NOT_FOUND');
  });

  it('keeps numbers whole while people send, join and leave', async () => {
    const people = await chats.people('a', 'b', 'c', 'd');
    const id = await group(ada, bob, ...people);
    await Promise.all([
      ...Array.from({ length: 30 }, (_, n) => trySend(chats.client(bob.id, chats.instance(n)), id, `m${n}`)),
      ...people.map((person, n) => leave(chats.client(person.id, chats.instance(n)), id)),
      addMembers(chats.client(ada.id, chats.instance(1)), id, eve),
    ]);
    const { nodes } = await history(ada.client, id, { first: 50 });
    expect(nodes.map(({ number }) => number)).toEqual(Array.from({ length: 30 }, (_, n) => n + 1));
    expect(await details(ada.client, id)).toMatchObject({ memberCount: 3 });
  });
});
