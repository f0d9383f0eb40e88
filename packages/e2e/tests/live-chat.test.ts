import { type MailServer, startMailServer } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONVERSATION_EVENTS, type ConversationEvents } from './support/chat-events.ts';
import { befriend, history, newPerson, openChat, type Person, say } from './support/people.ts';
import { killAll, untilGone } from './support/process-tree.ts';
import { newDataDir, type RunningGraph, removeData, startGraph } from './support/running-graph.ts';

describe('two new people', () => {
  const dataDir = newDataDir();
  let mails: MailServer;
  let graph: RunningGraph;
  let ann: Person;
  let ben: Person;
  let chat: { id: string; eventCursor: string };
  const start = () => startGraph({ dataDir, environment: { SMTP_URL: mails.url } });

  beforeAll(async () => {
    mails = await startMailServer();
    graph = await start();
  });
  afterAll(async () => {
    await graph?.stop();
    await mails.stop();
    removeData(dataDir);
  });

  it('register, verify by the code read from their mail, log in and become friends', async () => {
    ann = await newPerson(graph.url, mails, 'Ann');
    ben = await newPerson(graph.url, mails, 'Ben');
    await befriend(ann, ben);
    const friends = await ann.client.data(
      `{ me { username profile { statistics { friendsCount } } friends { nodes { username displayName } } } }`,
    );
    expect(friends).toEqual({
      me: {
        username: ann.username,
        profile: { statistics: { friendsCount: 1 } },
        friends: { nodes: [{ username: ben.username, displayName: 'Ben Example' }] },
      },
    });
  });

  it('talk over two sockets, each message arriving live with its sender’s profile', async () => {
    chat = await openChat(ann, ben);
    const [annSocket, benSocket] = [graph.subscriber(ann.token), graph.subscriber(ben.token)];
    const follow = { id: chat.id, after: chat.eventCursor };
    const annHears = annSocket.subscribe<ConversationEvents>(CONVERSATION_EVENTS, follow);
    const benHears = benSocket.subscribe<ConversationEvents>(CONVERSATION_EVENTS, follow);
    await say(ann, chat.id, 'Are you there?');
    await say(ben, chat.id, 'I am.');

    for (const stream of [annHears, benHears]) {
      const heard = [await stream.next(), await stream.next()];
      expect(heard.map(({ errors }) => errors)).toEqual([undefined, undefined]);
      expect(heard.map(({ data }) => data?.conversationEvents.message)).toEqual([
        {
          number: 1,
          content: 'Are you there?',
          sender: {
            id: ann.userId,
            username: ann.username,
            displayName: 'Ann Example',
            profile: { tagline: null, statistics: { friendsCount: 1 } },
          },
        },
        {
          number: 2,
          content: 'I am.',
          sender: {
            id: ben.userId,
            username: ben.username,
            displayName: 'Ben Example',
            profile: { tagline: null, statistics: { friendsCount: 1 } },
          },
        },
      ]);
    }
    await Promise.all([annSocket.close(), benSocket.close()]);
  });

  it('lose nothing when every process and store is killed without a word', async () => {
    // The last thing anybody hears before the crash is the answer to this message.
    await say(ann, chat.id, 'The lights flicker.');
    const everything = graph.tree();
    expect(everything.length).toBeGreaterThan(8);
    killAll(everything);
    await untilGone(everything);

    graph = await start();
    const clients = {
      ann: { ...ann, client: graph.client(ann.token) },
      ben: { ...ben, client: graph.client(ben.token) },
    };
    [ann, ben] = [clients.ann, clients.ben];
    expect(await history(ben, chat.id)).toEqual([
      { number: 1, content: 'Are you there?' },
      { number: 2, content: 'I am.' },
      { number: 3, content: 'The lights flicker.' },
    ]);
  });

  it('catch up from their cursor after being away', async () => {
    await say(ben, chat.id, 'Back again.');
    const socket = graph.subscriber(ann.token);
    const stream = socket.subscribe<ConversationEvents>(CONVERSATION_EVENTS, { id: chat.id, after: chat.eventCursor });
    const missed = [await stream.next(), await stream.next(), await stream.next(), await stream.next()];
    expect(missed.map(({ data }) => data?.conversationEvents.message?.number)).toEqual([1, 2, 3, 4]);
    await say(ben, chat.id, 'And live.');
    expect((await stream.next()).data?.conversationEvents.message?.content).toBe('And live.');
    const cursor = missed[1]?.data?.conversationEvents.cursor;
    stream.stop();

    const again = socket.subscribe<ConversationEvents>(CONVERSATION_EVENTS, { id: chat.id, after: cursor });
    const rest = [await again.next(), await again.next(), await again.next()];
    expect(rest.map(({ data }) => data?.conversationEvents.message?.number)).toEqual([3, 4, 5]);
    await socket.close();
  });

  it('see an error that says so when they are not logged in, and nothing else of the graph breaks', async () => {
    const { data, errors } = await graph.client().execute('{ me { id } conversations { nodes { id } } }');
    expect(data ?? { me: null }).toMatchObject({ me: null });
    expect(errors).toMatchObject([{ path: ['conversations'], extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it('go on with a fresh token, and are cut off within a second when their session ends', async () => {
    const { refreshTokens } = await graph
      .client()
      .data<{ refreshTokens: { tokens: { accessToken: string } } }>(
        `mutation ($input: RefreshTokensInput!) { refreshTokens(input: $input) { tokens { accessToken } errors { code } } }`,
        { input: { refreshToken: ben.refreshToken } },
      );
    const token = refreshTokens.tokens.accessToken;
    const client = graph.client(token);
    const socket = graph.subscriber(token);
    const stream = socket.subscribe<ConversationEvents>(CONVERSATION_EVENTS, { id: chat.id, after: chat.eventCursor });
    expect((await stream.next()).data?.conversationEvents.message?.number).toBe(1);

    const ended = performance.now();
    await client.data('mutation { logOut { sessionId } }');
    expect((await socket.closed).code).toBe(4401);
    expect(performance.now() - ended).toBeLessThan(1_000);
    const { errors } = await client.execute('{ me { id } }');
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', reason: 'REVOKED' } }]);
  });

  it('leave no process behind when the graph is stopped by Ctrl-C', async () => {
    const everything = graph.tree();
    graph.interrupt();
    await graph.exited;
    await untilGone(everything);
    expect(graph.output()).toContain('Stopped. "npm start" goes on where you left');
  });
});
