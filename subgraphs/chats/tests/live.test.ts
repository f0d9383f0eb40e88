import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chats, type Person, startChats } from './support/chats.ts';
import { addMembers, directChat, group, history, leave, listen, markRead, send } from './support/operations.ts';

let chats: Chats;
let ada: Person;
let bob: Person;
let eve: Person;
beforeAll(async () => {
  chats = await startChats({ instances: 2 });
  [ada, bob, eve] = await chats.people('ada', 'bob', 'eve');
});
afterAll(() => chats.stop());

const cursorOf = async (person: Person, id: string) => {
  const data = await person.client.data<{ conversation: { eventCursor: string } }>(
    'query ($id: ID!) { conversation(id: $id) { eventCursor } }',
    { id },
  );
  return data.conversation.eventCursor;
};

type Listening = ReturnType<typeof listen>;
const nextOf = async (subscription: Listening) => {
  const { data, errors } = await subscription.next();
  if (!data) throw new Error(JSON.stringify(errors));
  return data.conversationEvents;
};

describe('listening to a conversation', () => {
  it('tells of messages sent through another instance, in order, with who sent them', async () => {
    const id = await directChat(ada, bob);
    const after = await cursorOf(bob, id);
    const events = listen(chats, bob, id, after, chats.instance(1));
    await send(ada.client, id, 'one');
    await send(ada.client, id, 'two');
    const first = await nextOf(events);
    expect(first).toMatchObject({
      __typename: 'MessageSentEvent',
      message: { content: 'one', sender: { id: ada.id, username: 'ada' } },
    });
    expect((await nextOf(events)).message?.content).toBe('two');
  });

  it('catches up from the cursor of the last event that was handled, without loss or repeat', async () => {
    const id = await group(ada, bob);
    const events = listen(chats, bob, id, await cursorOf(bob, id));
    for (let n = 1; n <= 3; n += 1) await send(ada.client, id, `before ${n}`);
    await nextOf(events);
    const { cursor } = await nextOf(events);
    events.stop();
    // More than a page of the store's.
    await Promise.all(Array.from({ length: 150 }, (_, n) => send(ada.client, id, `away ${n}`)));
    const again = listen(chats, bob, id, cursor, chats.instance(1));
    await send(ada.client, id, 'back');

    const numbers: number[] = [];
    for (let n = 0; n < 152; n += 1) numbers.push((await nextOf(again)).message?.number ?? 0);
    expect(numbers).toEqual(Array.from({ length: 152 }, (_, n) => n + 3));
  });

  it('without a cursor begins now', async () => {
    const id = await group(ada, bob);
    await send(ada.client, id, 'old');
    const events = listen(chats, bob, id);
    // Which message is the first after "now" is a race; that no earlier one comes is not.
    const sent = (async () => {
      for (let n = 0; events.events.length === 0 && n < 200; n += 1) await send(ada.client, id, `new ${n}`);
    })();
    expect((await nextOf(events)).message?.content).toMatch(/^new /);
    await sent;
  });

  it('tells who joined and who left', async () => {
    const id = await group(ada, bob);
    const events = listen(chats, bob, id, await cursorOf(bob, id));
    await addMembers(ada.client, id, eve);
    await leave(eve.client, id);
    expect(await nextOf(events)).toMatchObject({ __typename: 'MemberJoinedEvent', user: { id: eve.id } });
    expect(await nextOf(events)).toMatchObject({ __typename: 'MemberLeftEvent', user: { username: 'eve' } });
  });

  it('tells who has read up to where, under the cursor of the change before it', async () => {
    const id = await directChat(ada, bob);
    const events = listen(chats, ada, id, await cursorOf(ada, id));
    const { number } = await send(ada.client, id, 'read me');
    const sent = await nextOf(events);
    await markRead(bob.client, id, number);
    expect(await nextOf(events)).toMatchObject({
      __typename: 'MessagesReadEvent',
      user: { id: bob.id },
      lastReadNumber: number,
      cursor: sent.cursor,
    });
  });

  it('tells the last of many watermarks of one person, and not each', async () => {
    const id = await group(ada, bob);
    for (let n = 1; n <= 30; n += 1) await send(ada.client, id, `${n}`);
    const events = listen(chats, ada, id, await cursorOf(ada, id));
    await send(ada.client, id, 'go');
    await nextOf(events);
    const begun = performance.now();
    for (let n = 1; n <= 30; n += 1) await markRead(bob.client, id, n);
    const seconds = (performance.now() - begun) / 1_000;
    const last = await events.nextWhere(({ data }) => data?.conversationEvents.lastReadNumber === 30);
    expect(last.errors).toBeUndefined();
    const marks = events.events.filter(({ data }) => data?.conversationEvents.lastReadNumber !== undefined);
    // At once, one for each second, and the last.
    expect(marks.length).toBeLessThanOrEqual(Math.floor(seconds) + 2);
  });

  it('shows nothing from before the listener joined, whatever the cursor', async () => {
    const id = await group(ada, bob);
    const early = await cursorOf(ada, id);
    await send(ada.client, id, 'not for eve');
    await addMembers(ada.client, id, eve);
    const events = listen(chats, eve, id, early);
    await send(ada.client, id, 'welcome');
    expect((await nextOf(events)).message?.content).toBe('welcome');
    expect((await history(eve.client, id)).nodes.map(({ content }) => content)).toEqual(['welcome']);
  });

  it.each([
    ['garbage', async () => 'garbage', 'BAD_USER_INPUT'],
    ['the cursor of another conversation', async () => cursorOf(ada, await group(ada, bob)), 'BAD_USER_INPUT'],
  ])('refuses %s as a cursor', async (_what, cursor, code) => {
    const id = await group(ada, bob);
    const events = listen(chats, bob, id, await cursor());
    expect((await events.next()).errors?.[0]?.extensions?.code).toBe(code);
  });
});

describe('whoever may not listen', () => {
  const codeOf = async (events: Listening) =>
    (await events.nextWhere(({ errors }) => !!errors)).errors?.[0]?.extensions?.code;

  it('is refused: no member, no such conversation, nobody', async () => {
    const id = await directChat(ada, bob);
    expect(await codeOf(listen(chats, eve, id))).toBe('FORBIDDEN');
    expect(await codeOf(listen(chats, eve, 'f'.repeat(24)))).toBe('FORBIDDEN');
    expect(await codeOf(listen(chats, undefined, id))).toBe('UNAUTHENTICATED');
  });

  it('is put out within a second of leaving', async () => {
    const id = await group(ada, bob);
    const events = listen(chats, bob, id, await cursorOf(bob, id), chats.instance(1));
    await send(ada.client, id, 'ready');
    await nextOf(events);
    await leave(bob.client, id);
    const left = performance.now();
    expect(await codeOf(events)).toBe('FORBIDDEN');
    expect(performance.now() - left).toBeLessThan(1_000);
    await send(ada.client, id, 'among us');
    await expect(events.done).resolves.toBeUndefined();
    expect(JSON.stringify(events.events)).not.toContain('among us');
  });

  it('is put out of a chat between two within a second of a block, on both sides', async () => {
    const [dan, fay] = await chats.people('dan', 'fay');
    const id = await directChat(dan, fay);
    const cursor = await cursorOf(dan, id);
    const streams = [listen(chats, dan, id, cursor), listen(chats, fay, id, cursor, chats.instance(1))];
    await send(dan.client, id, 'ready');
    for (const events of streams) await nextOf(events);
    await chats.block(dan, fay);
    const blocked = performance.now();
    expect(await Promise.all(streams.map(codeOf))).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    expect(performance.now() - blocked).toBeLessThan(1_000);
    expect(await codeOf(listen(chats, dan, id))).toBe('FORBIDDEN');
  });
});
