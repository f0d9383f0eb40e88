import { randomUUID } from 'node:crypto';
import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chats, type Person, startChats } from './support/chats.ts';
import { directChat, group, history, leave, send, trySend } from './support/operations.ts';

let chats: Chats;
let ada: Person;
let bob: Person;
let eve: Person;
beforeAll(async () => {
  chats = await startChats({ instances: 2 });
  [ada, bob, eve] = await chats.people('ada', 'bob', 'eve');
});
afterAll(() => chats.stop());

describe('sending a message', () => {
  it('stores it under the next number and shows it to both', async () => {
    const id = await directChat(ada, bob);
    const first = await send(ada.client, id, 'Hello');
    const second = await send(bob.client, id, 'Hi 👋');
    expect([first.number, second.number]).toEqual([1, 2]);
    const { nodes } = await history(ada.client, id);
    expect(nodes.map(({ content, sender }) => [sender.username, content])).toEqual([
      ['ada', 'Hello'],
      ['bob', 'Hi 👋'],
    ]);
  });

  it.each([
    ['nothing', '', 'REQUIRED'],
    ['blanks', ' \n\t ', 'REQUIRED'],
    ['5,001 characters', 'x'.repeat(5001), 'TOO_LONG'],
    ['a null character', 'a\0b', 'INVALID_FORMAT'],
  ])('refuses %s', async (_what, content, code) => {
    const id = await directChat(ada, bob);
    const { data } = await trySend(ada.client, id, content);
    expect(data?.sendMessage).toEqual({ message: null, errors: [{ code, path: ['input', 'content'] }] });
  });

  it('takes 5,000 characters, counted as people count them', async () => {
    const id = await directChat(ada, bob);
    expect((await send(ada.client, id, '👋'.repeat(5000))).content).toBe('👋'.repeat(5000));
  });

  it('refuses whoever is not in the conversation, as if it did not exist', async () => {
    const id = await directChat(ada, bob);
    for (const conversationId of [id, 'f'.repeat(24), 'no id']) {
      const { data } = await trySend(eve.client, conversationId, 'let me in');
      expect(data?.sendMessage.errors).toEqual([{ code: 'NOT_FOUND', path: ['input', 'conversationId'] }]);
    }
  });

  it('refuses a member who has left', async () => {
    const id = await group(ada, bob);
    await leave(bob.client, id);
    const { data } = await trySend(bob.client, id, 'one more thing');
    expect(data?.sendMessage.errors[0]?.code).toBe('NOT_ALLOWED');
  });

  it('leaves an event for other services that names the recipients and holds no text', async () => {
    const id = await group(ada, bob, eve);
    const { id: messageId } = await send(ada.client, id, 'the secret text');
    const rows = await chats.db.collection<{ event: string }>('outbox').find().toArray();
    const sent = rows.map(({ event }) => JSON.parse(event)).find(({ payload }) => payload.messageId === messageId);
    expect(sent).toMatchObject({
      type: 'MessageSent',
      aggregateId: id,
      version: 2,
      payload: { conversationId: id, sequence: 2, messageNumber: 1, conversationKind: 'Group', senderId: ada.id },
    });
    expect(sent.payload.recipientIds.sort()).toEqual([bob.id, eve.id].sort());
    expect(JSON.stringify(sent)).not.toContain('the secret text');
  });
});

describe('sending again with the same clientMessageId', () => {
  it('gives the first message back, on every instance', async () => {
    const id = await directChat(ada, bob);
    const key = randomUUID();
    const first = await send(ada.client, id, 'once', key);
    const again = await send(chats.client(ada.id, chats.instance(1)), id, 'once', key);
    expect(again).toEqual(first);
    expect(first.clientMessageId).toBe(key);
    const { nodes } = await history(bob.client, id, { last: 1 });
    expect(nodes).toEqual([first]);
  });

  it('fails when it asks for something else', async () => {
    const id = await directChat(ada, bob);
    const key = randomUUID();
    await send(ada.client, id, 'this', key);
    const { errors } = await trySend(ada.client, id, 'that', key);
    expect(errors?.[0]?.extensions?.code).toBe('IDEMPOTENCY_CONFLICT');
  });

  it('is something else for another sender or conversation', async () => {
    const key = randomUUID();
    const id = await directChat(ada, bob);
    const other = await group(ada, bob);
    const sent = [
      await send(ada.client, id, 'x', key),
      await send(bob.client, id, 'x', key),
      await send(ada.client, other, 'x', key),
    ];
    expect(new Set(sent.map((message) => message.id)).size).toBe(3);
  });

  it('answers even after the sender was blocked', async () => {
    const [dan, fay] = await chats.people('dan', 'fay');
    const id = await directChat(dan, fay);
    const key = randomUUID();
    const first = await send(dan.client, id, 'hello', key);
    await chats.block(fay, dan);
    expect(await send(dan.client, id, 'hello', key)).toEqual(first);
  });

  it('stores one message when 20 copies arrive at once on two instances', async () => {
    const id = await directChat(ada, bob);
    const key = randomUUID();
    const sent = await Promise.all(
      Array.from({ length: 20 }, (_, n) => send(chats.client(ada.id, chats.instance(n)), id, 'copy', key)),
    );
    expect(new Set(sent.map((message) => message.id)).size).toBe(1);
    const { nodes } = await history(ada.client, id, { last: 50 });
    expect(nodes.filter(({ content }) => content === 'copy')).toHaveLength(1);
  });

  it('fails alone when it conflicts within a burst of good ones', async () => {
    const id = await group(ada, bob);
    const key = randomUUID();
    await send(ada.client, id, 'original', key);
    const results = await Promise.all([
      trySend(ada.client, id, 'good 1'),
      trySend(ada.client, id, 'forged', key),
      trySend(bob.client, id, 'good 2'),
      trySend(ada.client, id, 'original', key),
    ]);
    expect(results.map(({ errors }) => errors?.[0]?.extensions?.code ?? 'ok')).toEqual([
      'ok',
      'IDEMPOTENCY_CONFLICT',
      'ok',
      'ok',
    ]);
    const { nodes } = await history(ada.client, id);
    expect(nodes.map(({ number }) => number)).toEqual([1, 2, 3]);
  });
});

describe('fifty people sending into one conversation at once, through two instances, with retries on', () => {
  const PEOPLE = 50;
  const EACH = 4;

  it('numbers every message once and without a gap, loses none and doubles none', async () => {
    const people = await chats.people(...Array.from({ length: PEOPLE - 1 }, (_, n) => `p${n}`));
    const id = await group(ada, ...people);
    const everybody = [ada, ...people];

    // Every message goes out twice, to different instances, as from a client whose first answer was lost.
    const sends = everybody.flatMap((person, n) =>
      Array.from({ length: EACH }, (_, m) => {
        const key = `${n}-${m}`;
        return [0, 1].map((instance) =>
          send(chats.client(person.id, chats.instance(n + instance)), id, `${person.name} ${m}`, key),
        );
      }).flat(),
    );
    const answers = await Promise.all(sends);
    const total = PEOPLE * EACH;
    expect(new Set(answers.map(({ number }) => number)).size).toBe(total);

    const conversationId = new ObjectId(id);
    const stored = await chats.db.collection('messages').find({ conversationId }).toArray();
    const numbers = stored.map(({ number }) => number as number).sort((a, b) => a - b);
    const sequences = stored.map(({ sequence }) => sequence as number).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: total }, (_, n) => n + 1));
    expect(sequences).toEqual(Array.from({ length: total }, (_, n) => n + 2));
    expect(new Set(stored.map(({ senderId, clientMessageId }) => `${senderId} ${clientMessageId}`)).size).toBe(total);

    const head = await chats.db.collection('conversations').findOne({ _id: conversationId });
    expect(head).toMatchObject({ messageNumber: total, sequence: total + 1 });
    const events = await chats.db.collection('conversation_events').countDocuments({ conversationId });
    expect(events).toBe(total + 1);
  }, 60_000);
});
