import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Chats, type Person, startChats } from './support/chats.ts';
import { group, history, listen, type MessageData, send } from './support/operations.ts';
import { type ProcessInstance, startProcess } from './support/process.ts';

const SENDERS = 10;
const EACH = 10;

let chats: Chats;
let victim: ProcessInstance;
beforeAll(async () => {
  chats = await startChats();
  victim = await startProcess(chats.config);
});
afterAll(async () => {
  await victim.kill();
  await chats.stop();
});

/**
 * How long a killed process may keep others from writing to a conversation, in milliseconds: the transaction it leaves
 * open holds the conversation's counters until the store ends it, on MongoDB after `transactionLifetimeLimitSeconds`.
 */
const ORPHAN_MS = 90_000;

/** Sends until somebody answers, as a client does: to the process that may be dead, then to the one that lives. */
async function sendStubbornly(person: Person, id: string, content: string, key: string): Promise<MessageData> {
  const deadline = performance.now() + ORPHAN_MS;
  for (let attempt = 0; ; attempt += 1) {
    const instance = attempt === 0 ? victim : chats.instance();
    try {
      return await send(chats.client(person.id, instance), id, content, key);
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
  }
}

it(
  'loses and doubles nothing when a process is killed while people send through it',
  async () => {
    const people = await chats.people(...Array.from({ length: SENDERS }, (_, n) => `p${n}`));
    const [first, ...others] = people;
    if (!first) throw new Error('nobody');
    const id = await group(first, ...others);
    const { conversation } = await first.client.data<{ conversation: { eventCursor: string } }>(
      'query ($id: ID!) { conversation(id: $id) { eventCursor } }',
      { id },
    );
    const events = listen(chats, first, id, conversation.eventCursor);

    const sending = people.map(async (person, n) => {
      const sent: MessageData[] = [];
      for (let m = 0; m < EACH; m += 1) sent.push(await sendStubbornly(person, id, `${n} ${m}`, `${n} ${m}`));
      return sent;
    });
    await events.nextWhere(({ data }) => (data?.conversationEvents.message?.number ?? 0) >= SENDERS);
    await victim.kill();
    const acknowledged = (await Promise.all(sending)).flat();

    const total = SENDERS * EACH;
    expect(acknowledged).toHaveLength(total);
    const stored: MessageData[] = [];
    for (let after: string | null = null; stored.length < total; ) {
      const page: Awaited<ReturnType<typeof history>> = await history(first.client, id, { first: 50, after });
      stored.push(...page.nodes);
      after = page.pageInfo.endCursor;
      if (!page.pageInfo.hasNextPage) break;
    }
    expect(stored.map(({ number }) => number)).toEqual(Array.from({ length: total }, (_, n) => n + 1));
    expect(new Set(stored.map((message) => message.id))).toEqual(new Set(acknowledged.map((message) => message.id)));
    expect(new Set(stored.map(({ content }) => content)).size).toBe(total);

    // The listener of the process that lives has everything in order, also what the killed one never announced.
    await events.nextWhere(({ data }) => data?.conversationEvents.message?.number === total, ORPHAN_MS);
    const heard = events.events.map(({ data }) => data?.conversationEvents.message?.number);
    expect(heard).toEqual(Array.from({ length: total }, (_, n) => n + 1));
  },
  2 * ORPHAN_MS,
);
