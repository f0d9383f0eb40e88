import { eventually, type MailServer, startMailServer } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONVERSATION_EVENTS, type ConversationEvents } from './support/chat-events.ts';
import { befriend, history, newPerson, openChat, type Person, say } from './support/people.ts';
import { newDataDir, type RunningGraph, startGraph } from './support/running-graph.ts';

const OVERVIEW = `{
  me { username displayName profile { statistics { friendsCount } } }
  unreadMessageCount
}`;

describe('a graph with a part missing', () => {
  let mails: MailServer;
  let graph: RunningGraph;
  let ann: Person;
  let ben: Person;
  let chat: { id: string; eventCursor: string };

  beforeAll(async () => {
    mails = await startMailServer();
    graph = await startGraph({ dataDir: newDataDir(), environment: { SMTP_URL: mails.url } });
    ann = await newPerson(graph.url, mails, 'Ann');
    ben = await newPerson(graph.url, mails, 'Ben');
    await befriend(ann, ben);
    chat = await openChat(ann, ben);
  });
  afterAll(async () => {
    await graph.stop();
    await mails.stop();
  });

  /** Stops a process in its tracks; it answers nobody until it is let go on. */
  const processOf = (part: RegExp) => {
    const found = graph.tree().filter(({ command }) => part.test(command));
    if (found.length === 0)
      throw new Error(
        `no process like ${part}: ${graph
          .tree()
          .map(({ command }) => command)
          .join('\n')}`,
      );
    return found;
  };

  it('answers what it can when a subgraph dies, and everything once it is back, without a restart', async () => {
    const whole = {
      me: { username: ann.username, displayName: 'Ann Example', profile: { statistics: { friendsCount: 1 } } },
      unreadMessageCount: 0,
    };
    expect(await ann.client.data(OVERVIEW)).toEqual(whole);

    // Killed again and again, it stays away long enough to be missed.
    const deadly = setInterval(() => {
      for (const { pid } of graph.tree().filter(({ command }) => /subgraphs\/profiles/.test(command)))
        process.kill(pid, 'SIGKILL');
    }, 20);
    const partial = await eventually(async () => {
      const result = await ann.client.execute(OVERVIEW);
      return result.errors ? result : undefined;
    });
    clearInterval(deadly);
    expect(partial.errors?.[0]).toMatchObject({ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } });
    expect(partial.errors?.[0]?.path?.[0]).toBe('me');
    expect(partial.data).toMatchObject({ unreadMessageCount: 0 });

    await eventually(async () => expect(await ann.client.data(OVERVIEW)).toEqual(whole), { timeoutMs: 30_000 }).catch(
      () => undefined,
    );
    expect(await ann.client.data(OVERVIEW)).toEqual(whole);
  });

  it('reads and writes without Redis; live updates pause and catch up when it is back', async () => {
    const socket = graph.subscriber(ben.token);
    const stream = socket.subscribe<ConversationEvents>(CONVERSATION_EVENTS, { id: chat.id, after: chat.eventCursor });
    await say(ann, chat.id, 'before');
    expect((await stream.next()).data?.conversationEvents.message?.content).toBe('before');

    // Redis is killed whenever it comes back, so it is away while these are written and read.
    const deadly = setInterval(() => {
      for (const { pid } of graph.tree().filter(({ command }) => /(redis|valkey)-server/.test(command)))
        process.kill(pid, 'SIGKILL');
    }, 20);
    for (const { pid } of processOf(/(redis|valkey)-server/)) process.kill(pid, 'SIGKILL');
    const numbers = [await say(ann, chat.id, 'during 1'), await say(ann, chat.id, 'during 2')];
    expect(numbers).toEqual([2, 3]);
    expect((await history(ben, chat.id)).map(({ content }) => content)).toEqual(['before', 'during 1', 'during 2']);
    clearInterval(deadly);

    const caughtUp = [await stream.next(30_000), await stream.next(30_000)];
    expect(caughtUp.map(({ data }) => data?.conversationEvents.message?.content)).toEqual(['during 1', 'during 2']);
    await say(ann, chat.id, 'after');
    expect((await stream.next(30_000)).data?.conversationEvents.message?.content).toBe('after');
    await socket.close();
  });
});
