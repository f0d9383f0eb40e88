import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chats, startChats } from './support/chats.ts';
import { directChat, openDirect, trySend } from './support/operations.ts';

let chats: Chats;
beforeAll(async () => {
  chats = await startChats({ instances: 2 });
});
afterAll(() => chats.stop());

describe('opening a chat with a person', () => {
  it('gives both the same conversation, every time', async () => {
    const [ada, bob] = await chats.people('ada', 'bob');
    const id = await directChat(ada, bob);
    expect(await directChat(bob, ada)).toBe(id);
    expect(await directChat(ada, bob)).toBe(id);
  });

  it('makes one conversation when both open it at once, on two instances', async () => {
    const [ada, bob] = await chats.people('ada', 'bob');
    const clients = [0, 1, 2, 3, 4, 5].map((n) => {
      const [self, other] = n % 2 === 0 ? [ada, bob] : [bob, ada];
      return { client: chats.client(self.id, chats.instance(n)), other };
    });
    const opened = await Promise.all(clients.map(({ client, other }) => openDirect(client, other.id)));
    expect(new Set(opened.map(({ conversation }) => conversation?.id)).size).toBe(1);
    expect(await chats.db.collection('conversations').countDocuments({ memberIds: ada.id })).toBe(1);
  });

  it('refuses oneself and unknown people with typed errors', async () => {
    const [ada] = await chats.people('ada');
    expect((await openDirect(ada.client, ada.id)).errors).toEqual([{ code: 'SELF', path: ['input', 'userId'] }]);
    for (const nobody of [randomUUID(), 'not-a-uuid']) {
      const { conversation, errors } = await openDirect(ada.client, nobody);
      expect(conversation).toBeNull();
      expect(errors).toEqual([{ code: 'NOT_FOUND', path: ['input', 'userId'] }]);
    }
  });

  it('answers alike whether somebody blocked you, is blocked by you, or takes no messages', async () => {
    const [ada, blocker, blocked, silent, choosy] = await chats.people('ada', 'blocker', 'blocked', 'silent', 'choosy');
    await chats.block(blocker, ada);
    await chats.block(ada, blocked);
    await chats.allowMessages(silent, 'None');
    await chats.allowMessages(choosy, 'Friends');
    const answers = await Promise.all([blocker, blocked, silent, choosy].map(({ id }) => openDirect(ada.client, id)));
    for (const answer of answers) {
      expect(answer).toEqual({ conversation: null, errors: [{ code: 'NOT_ALLOWED', path: ['input', 'userId'] }] });
    }
  });

  it('lets friends write to whom only friends may write', async () => {
    const [ada, choosy] = await chats.people('ada', 'choosy');
    await chats.allowMessages(choosy, 'Friends');
    await chats.befriend(ada, choosy);
    expect((await openDirect(ada.client, choosy.id)).errors).toEqual([]);
  });

  it('finds nobody who deactivated their account', async () => {
    const [ada, gone] = await chats.people('ada', 'gone');
    await chats.publish(chats.event('UserDeactivated', gone.id, { userId: gone.id }));
    expect((await openDirect(ada.client, gone.id)).errors[0]?.code).toBe('NOT_FOUND');
  });

  it('refuses to send once one of the two has blocked the other, and allows it again after the block', async () => {
    const [ada, bob] = await chats.people('ada', 'bob');
    const id = await directChat(ada, bob);
    await chats.block(bob, ada);
    for (const { client } of [ada, bob]) {
      const { data } = await trySend(client, id, 'hello?');
      expect(data?.sendMessage.errors).toEqual([{ code: 'NOT_ALLOWED', path: ['input', 'conversationId'] }]);
    }
    await chats.unblock(bob, ada);
    expect((await trySend(ada.client, id, 'hello!')).data?.sendMessage.errors).toEqual([]);
  });

  it('ignores an older event that arrives after a newer one of the same edge', async () => {
    const [ada, bob] = await chats.people('ada', 'bob');
    const edge = { blockerId: bob.id, blockedId: ada.id };
    const aggregate = `Block:${bob.id}:${ada.id}`;
    await chats.publish(chats.event('Unblocked', aggregate, edge, 1_000_001));
    await chats.publish(chats.event('Blocked', aggregate, edge, 1_000_000));
    expect((await openDirect(ada.client, bob.id)).errors).toEqual([]);
  });
});

describe('a call that is not signed', () => {
  it('is refused', async () => {
    const response = await fetch(`${chats.instance().url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ unreadMessageCount }' }),
    });
    const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
    expect(errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });

  it('is refused for the anonymous even when it is signed', async () => {
    const { errors } = await chats.client(undefined).execute('{ unreadMessageCount }');
    expect(errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
  });
});
