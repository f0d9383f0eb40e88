import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Chats, type Person, startChats } from './support/chats.ts';
import { directChat, openDirect } from './support/operations.ts';

let chats: Chats;
let ada: Person;
let bob: Person;
beforeAll(async () => {
  chats = await startChats();
  [ada, bob] = await chats.people('ada', 'bob');
});
afterAll(() => chats.stop());

const other = async (id: string, userId: string) => {
  const { data, errors } = await ada.client.execute<{
    conversation: {
      members: { nodes: { user: { id: string; username: string; displayName: string; avatarUrl: string | null } }[] };
    };
  }>(
    'query ($id: ID!) { conversation(id: $id) { members { nodes { user { id username displayName avatarUrl } } } } }',
    {
      id,
    },
  );
  return { errors, user: data?.conversation?.members.nodes.find(({ user }) => user.id === userId)?.user };
};

it('shows people by their newest names, whatever order the events come in', async () => {
  const id = await directChat(ada, bob);
  const username = (name: string, version: number) =>
    chats.event('UsernameChanged', bob.id, { userId: bob.id, username: name }, version);
  await chats.publish(username('robert', 1_000_002));
  await chats.publish(username('rob', 1_000_001));
  const profile = { userId: bob.id, username: 'ignored', displayName: 'Robert', avatarUrl: 'https://a.example/b.webp' };
  await chats.publish(chats.event('UserProfileUpdated', bob.id, profile));
  expect((await other(id, bob.id)).user).toEqual({
    id: bob.id,
    username: 'robert',
    displayName: 'Robert',
    avatarUrl: 'https://a.example/b.webp',
  });
});

it('asks the owners once for people of whom no event has told, and keeps the answer', async () => {
  const userId = randomUUID();
  const person = { username: 'carl', displayName: 'Carl C.', avatarUrl: null };
  chats.owners.people.set(userId, person);
  const { conversation, errors } = await openDirect(ada.client, userId);
  expect(errors).toEqual([]);
  const { calls } = chats.owners;
  const before = { ...calls };
  expect((await other(conversation?.id ?? '', userId)).user).toEqual({ id: userId, ...person });
  expect(calls).toEqual(before);
});

it('lets an event overrule what was fetched', async () => {
  const userId = randomUUID();
  chats.owners.people.set(userId, { username: 'dora', displayName: 'Dora', avatarUrl: null });
  const { conversation } = await openDirect(ada.client, userId);
  await chats.publish(chats.event('UsernameChanged', userId, { userId, username: 'dorothea' }, 1));
  expect((await other(conversation?.id ?? '', userId)).user?.username).toBe('dorothea');
});

it('fails for the one field when its owner does not answer, and never shows nobody', async () => {
  const userId = randomUUID();
  await chats.publish(
    chats.event('UserCreated', userId, {
      userId,
      username: 'erin',
      email: 'e@example.com',
      firstName: 'E',
      lastName: 'R',
    }),
  );
  const id = await directChat(ada, { id: userId, name: 'erin', client: ada.client });
  const { errors } = await other(id, userId);
  expect(errors?.map(({ extensions }) => extensions?.code)).toContain('UNAVAILABLE');
  const { data } = await ada.client.execute<{ conversation: { members: { nodes: { user: { username: string } }[] } } }>(
    'query ($id: ID!) { conversation(id: $id) { members { nodes { user { username } } } } }',
    { id },
  );
  expect(data?.conversation.members.nodes.map(({ user }) => user.username).sort()).toEqual(['ada', 'erin']);
});

it('shows an erased person as such, for good', async () => {
  const [gone] = await chats.people('gone');
  const id = await directChat(ada, gone);
  await chats.publish(chats.event('UserPurged', gone.id, { userId: gone.id }));
  const late = { userId: gone.id, username: 'gone', displayName: 'Gone', avatarUrl: null };
  await chats.publish(chats.event('UserProfileUpdated', gone.id, late));
  expect((await other(id, gone.id)).user).toMatchObject({ username: 'deleted', displayName: 'Deleted user' });
});

it('applies an event once, however often the bus delivers it', async () => {
  const userId = randomUUID();
  const event = chats.event('UsernameChanged', userId, { userId, username: 'once' });
  await chats.publish(event);
  await chats.publish(event);
  expect(await chats.db.collection('user_cards').countDocuments({ username: 'once' })).toBe(1);
});
