import { randomUUID } from 'node:crypto';
import { type MailServer, startMailServer } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONVERSATION_EVENTS, type ConversationEvents } from './support/chat-events.ts';
import { history, newPerson, type Person, say } from './support/people.ts';
import { newDataDir, type RunningGraph, removeData, startGraph } from './support/running-graph.ts';

const PEOPLE = 50;
const MESSAGES_EACH = 3;

describe('fifty people in one conversation', () => {
  const dataDir = newDataDir();
  let mails: MailServer;
  let graph: RunningGraph;
  const people: Person[] = [];
  let conversation = { id: '', eventCursor: '' };

  beforeAll(async () => {
    mails = await startMailServer();
    // All of them come from this machine's one address.
    graph = await startGraph({
      dataDir,
      environment: { SMTP_URL: mails.url, NETWORK_LIMIT_FACTOR: '1000' },
    });
    for (let group = 0; group < PEOPLE; group += 10) {
      people.push(...(await Promise.all(Array.from({ length: 10 }, () => newPerson(graph.url, mails, 'Guest')))));
    }
    const [host, ...guests] = people;
    if (!host) throw new Error('nobody is here');
    const { createGroup } = await host.client.data<{
      createGroup: { conversation: { id: string; eventCursor: string } | null; errors: unknown };
    }>(
      `mutation ($input: CreateGroupInput!) {
        createGroup(input: $input) { conversation { id eventCursor } errors { code message path } }
      }`,
      { input: { name: 'A full house', memberIds: guests.map(({ userId }) => userId) } },
    );
    if (!createGroup.conversation) throw new Error(JSON.stringify(createGroup.errors));
    conversation = createGroup.conversation;
  });
  afterAll(async () => {
    await graph?.stop();
    await mails.stop();
    removeData(dataDir);
  });

  it('all at once and each message sent twice: numbers are unique and without gaps, nothing is lost or doubled', async () => {
    const [host] = people;
    if (!host) throw new Error('nobody is here');
    const socket = graph.subscriber(host.token);
    const stream = socket.subscribe<ConversationEvents>(CONVERSATION_EVENTS, {
      id: conversation.id,
      after: conversation.eventCursor,
    });

    const sends = people.flatMap((person, who) =>
      Array.from({ length: MESSAGES_EACH }, (_, nth) => ({
        person,
        content: `guest ${who}, message ${nth}`,
        id: randomUUID(),
      })),
    );
    const numbers = await Promise.all(
      sends.map(async ({ person, content, id }) => {
        // A client that heard no answer sends again with the same id, also while the first is still under way.
        const [first, retry] = await Promise.all([
          say(person, conversation.id, content, id),
          say(person, conversation.id, content, id),
        ]);
        expect(retry).toBe(first);
        return first;
      }),
    );
    const total = PEOPLE * MESSAGES_EACH;
    expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, index) => index + 1));

    const heard: (readonly [number | undefined, string | undefined])[] = [];
    while (heard.length < total) {
      const { data } = await stream.next(30_000);
      heard.push([data?.conversationEvents.message?.number, data?.conversationEvents.message?.content]);
    }
    expect(heard.map(([number]) => number)).toEqual(Array.from({ length: total }, (_, index) => index + 1));
    const sent = new Map(sends.map(({ content }, index) => [numbers[index], content]));
    expect(heard).toEqual([...heard].map(([number]) => [number, sent.get(number ?? 0)]));

    const newest = await history(host, conversation.id, 50);
    expect(newest.map(({ number, content }) => [number, content])).toEqual(heard.slice(-50));
    await socket.close();
  });
});
