import { subgraphs } from '@postbook/schema';
import { eventually, type MailServer, startMailServer } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONVERSATION_EVENTS, type ConversationEvents } from './support/chat-events.ts';
import { befriend, history, newPerson, openChat, type Person, say } from './support/people.ts';
import { uploadPicture } from './support/pictures.ts';
import { publish } from './support/posts.ts';
import { newDataDir, type RunningGraph, removeData, startGraph } from './support/running-graph.ts';

/** One question that every service has a part in answering. */
const OVERVIEW = `{
  me { username email displayName profile { statistics { friendsCount } } }
  searchUsers(query: "ben_") { nodes { username displayName } }
  conversations { nodes { unreadCount members { nodes { user { username displayName } } } } }
  homeFeed(first: 3) { nodes { content media { altText } } }
  myMedia(first: 3) { nodes { altText } }
  notifications(first: 3) { nodes { type } }
}`;

interface Overview {
  readonly me: object | null;
  readonly searchUsers: object | null;
  readonly conversations: object | null;
  readonly homeFeed: { readonly nodes: readonly { readonly media: readonly object[] }[] } | null;
  readonly myMedia: object | null;
  readonly notifications: { readonly nodes: readonly object[] } | null;
}

/** What each field of the question is while a service is dead: `whole` where it isn't named. */
const LEFT: Readonly<Record<string, Partial<Record<keyof Overview, null | 'without profile' | 'without media'>>>> = {
  auth: { me: null },
  profiles: { me: 'without profile', searchUsers: null },
  chats: { conversations: null },
  posts: { homeFeed: null },
  media: { homeFeed: 'without media', myMedia: null },
  notifications: { notifications: null },
};

/** Looks again at a question over six services: it costs so much that asking for it all the time meets the rate limit. */
const SELDOM = { timeoutMs: 60_000, everyMs: 500 };

describe('a graph with a part missing', () => {
  const dataDir = newDataDir();
  let mails: MailServer;
  let graph: RunningGraph;
  let ann: Person;
  let ben: Person;
  let chat: { id: string; eventCursor: string };

  beforeAll(async () => {
    mails = await startMailServer();
    graph = await startGraph({ dataDir, environment: { SMTP_URL: mails.url } });
    ann = await newPerson(graph.url, mails, 'Ann');
    ben = await newPerson(graph.url, mails, 'Ben');
    await befriend(ann, ben);
    chat = await openChat(ann, ben);
    await publish(ben, {
      content: 'A post with a picture',
      mediaIds: [await uploadPicture(ben, 'POST', 'lighthouse')],
    });
    await uploadPicture(ann, 'POST', 'harbour');
    await eventually(async () => {
      const { homeFeed, notifications } = await ann.client.data<Overview>(OVERVIEW);
      return homeFeed?.nodes.length === 1 && notifications?.nodes.length === 1;
    });
  });
  afterAll(async () => {
    await graph?.stop();
    await mails.stop();
    removeData(dataDir);
  });

  /** Processes of the graph by their command line; there must be one, or the test would show nothing. */
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

  /** Keeps a part dead for as long as the work takes: it is killed whenever it comes back. */
  async function without<Result>(part: RegExp, work: () => Promise<Result>): Promise<Result> {
    const kill = () => {
      for (const { pid } of graph.tree().filter(({ command }) => part.test(command))) process.kill(pid, 'SIGKILL');
    };
    processOf(part);
    kill();
    const again = setInterval(kill, 20);
    try {
      return await work();
    } finally {
      clearInterval(again);
    }
  }

  it('is asked with every service of the graph dead in turn', () => {
    expect(Object.keys(LEFT).sort()).toEqual(subgraphs.map(({ name }) => name).sort());
  });

  it.each(Object.entries(LEFT))(
    'answers what it can while %s is dead, and everything once it is back, without a restart',
    async (name, left) => {
      const whole = await ann.client.data<Overview>(OVERVIEW);
      const partial = await without(new RegExp(`subgraphs/${name}/`), () =>
        eventually(async () => {
          const result = await ann.client.execute<Overview>(OVERVIEW);
          return result.errors ? result : undefined;
        }, SELDOM),
      );
      const expected = Object.fromEntries(
        Object.entries(whole).map(([field, value]) => {
          const state = left[field as keyof Overview];
          if (state === 'without profile') return [field, { ...value, displayName: null, profile: null }];
          if (state === 'without media')
            return [
              field,
              {
                nodes: whole.homeFeed?.nodes.map((post) => ({
                  ...post,
                  media: post.media.map(() => ({ altText: null })),
                })),
              },
            ];
          return [field, state === null ? null : value];
        }),
      );
      expect(partial.data).toEqual(expected);
      expect([...new Set(partial.errors?.map(({ path }) => path?.[0]))].sort()).toEqual(Object.keys(left).sort());
      for (const error of partial.errors ?? []) {
        expect(error.extensions).toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE', service: name });
      }
      await eventually(async () => {
        expect(await ann.client.data(OVERVIEW)).toEqual(whole);
        return true;
      }, SELDOM);
    },
  );

  it('reads and writes without Redis; live updates pause and catch up when it is back', async () => {
    const socket = graph.subscriber(ben.token);
    const stream = socket.subscribe<ConversationEvents>(CONVERSATION_EVENTS, { id: chat.id, after: chat.eventCursor });
    await say(ann, chat.id, 'before');
    expect((await stream.next()).data?.conversationEvents.message?.content).toBe('before');

    await without(/(redis|valkey)-server/, async () => {
      const numbers = [await say(ann, chat.id, 'during 1'), await say(ann, chat.id, 'during 2')];
      expect(numbers).toEqual([2, 3]);
      expect((await history(ben, chat.id)).map(({ content }) => content)).toEqual(['before', 'during 1', 'during 2']);
    });

    const caughtUp = [await stream.next(30_000), await stream.next(30_000)];
    expect(caughtUp.map(({ data }) => data?.conversationEvents.message?.content)).toEqual(['during 1', 'during 2']);
    await say(ann, chat.id, 'after');
    expect((await stream.next(30_000)).data?.conversationEvents.message?.content).toBe('after');
    await socket.close();
  });
});
