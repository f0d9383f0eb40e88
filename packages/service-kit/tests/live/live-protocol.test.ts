import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSubscriber, eventually, type Subscriber } from '@postbook/testkit';
import { buildSchema } from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type AppError,
  attachToTopic,
  createIdentitySigner,
  createIdentityVerifier,
  createReplayableStream,
  createSubscriptionServer,
  ForbiddenError,
  GATEWAY_SERVICE,
  type LiveRequest,
  openLive,
  type RequestScope,
  requireViewer,
  silentLogger,
  subscriptionBody,
  type Viewer,
  watchAccess,
  withLivePositions,
} from '../../src/index.ts';
import { createFakeTopics } from '../support/fake-topics.ts';

const secret = 'a-secret-of-at-least-32-characters';
const signer = createIdentitySigner({ secret });
const TOPIC = 'the topic';
const EVENTS = 'subscription ($after: Int) { events(after: $after) }';

const viewer = (name: number): Viewer => ({
  userId: `018f3c1e-7b1a-7c3d-8e4f-0123456789a${name}`,
  sessionId: '018f3c1e-7b1a-7c3d-8e4f-0123456789ac',
  role: 'User',
  scopes: [],
});

/** A subgraph with one stream of numbers that it shares, and one that it doesn't. */
async function startSubgraph() {
  const topics = createFakeTopics();
  const stored: number[] = [];
  const expelled = new Set<string>();
  const counts = { plain: 0, listening: 0 };
  let server: Server;

  const counted: Pick<typeof topics, 'subscribe'> = {
    async subscribe(topic, listener) {
      counts.listening += 1;
      const stop = await topics.subscribe(topic, listener);
      let isListening = true;
      return () => {
        if (isListening) counts.listening -= 1;
        isListening = false;
        stop();
      };
    },
  };

  const numbers = (after: number | undefined, onCaughtUp?: (position: number) => void) =>
    createReplayableStream<number>({
      topics: counted,
      topic: TOPIC,
      fromMessage: (message) => (typeof message === 'number' ? message : null),
      cursorOf: (number) => number,
      readAfter: async (cursor, limit) => stored.filter((number) => number > cursor).slice(0, limit),
      headOf: async () => stored.length,
      after,
      onCaughtUp,
    });

  function authorise(scope: RequestScope): string {
    const { userId } = requireViewer(scope);
    if (expelled.has(userId)) throw new ForbiddenError('You are expelled.');
    return userId;
  }

  const schema = buildSchema('type Query { ok: Boolean } type Subscription { events(after: Int): Int!, plain: Int! }');
  const { events, plain } = schema.getSubscriptionType()?.getFields() ?? {};
  if (!events || !plain) throw new Error('the schema has no such fields');
  Object.assign(events, {
    subscribe: (_: unknown, { after }: { after?: number }, scope: RequestScope) =>
      openLive<number>(scope, {
        async own() {
          authorise(scope);
          return numbers(after);
        },
        async attach() {
          const userId = authorise(scope);
          return attachToTopic<number>({
            replay: (onCaughtUp) => numbers(after, onCaughtUp),
            watch: (onRefused) =>
              watchAccess({
                topics: counted,
                topic: TOPIC,
                concerns: (message) => message === userId,
                check: async () => authorise(scope),
                isRefusal: (error): error is AppError => error instanceof ForbiddenError,
                checkMs: 60_000,
                onRefused,
                log: silentLogger,
              }),
            livePosition: (number) => number,
            noticeAt: (position) => ({ position, topic: TOPIC, cursor: String(position) }),
          });
        },
        topic: async (_topic, position) => withLivePositions(numbers(position), (number) => number),
      }),
    resolve: (number: number) => number,
  });
  Object.assign(plain, {
    subscribe() {
      counts.plain += 1;
      const stream = numbers(undefined);
      const { return: end } = stream;
      stream.return = () => {
        counts.plain -= 1;
        return end?.call(stream) ?? Promise.resolve({ done: true, value: undefined });
      };
      return stream;
    },
    resolve: (number: number) => number,
  });

  server = createServer();
  const subscriptions = createSubscriptionServer<RequestScope>({
    server,
    path: '/graphql',
    schema,
    identities: createIdentityVerifier({ secret, audience: 'live' }),
    createContext: (scope) => scope,
    log: silentLogger,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    counts,
    async publish() {
      stored.push(stored.length + 1);
      await topics.publish(TOPIC, stored.length);
    },
    async expel(userId: string) {
      expelled.add(userId);
      await topics.publish(TOPIC, userId);
    },
    async stop() {
      await subscriptions.stop();
      server.close();
    },
  };
}

let subgraph: Awaited<ReturnType<typeof startSubgraph>>;
let socket: Subscriber;
beforeEach(async () => {
  subgraph = await startSubgraph();
  socket = createSubscriber({ url: subgraph.url });
});
afterEach(async () => {
  await socket.close();
  await subgraph.stop();
});

/** Subscribes as the gateway does. */
function subscribe(
  who: { viewer?: Viewer; service?: string },
  options: { query?: string; after?: number; live?: LiveRequest | object; signedLive?: object } = {},
) {
  const { query = EVENTS, after, live } = options;
  const variables = after === undefined ? {} : { after };
  const asked = live ? { live } : {};
  const signed = { query, variables, extensions: options.signedLive ? { live: options.signedLive } : asked };
  const body = subscriptionBody(signed);
  const identity = signer.sign({ audience: 'live', operationType: 'subscription', body, ...who });
  return socket.subscribe<Record<string, unknown>>(query, variables, { ...asked, identity });
}

const attach = { mode: 'attach' } as const;
const topicAfter = (after: number): LiveRequest => ({ mode: 'topic', topic: TOPIC, after });
const codeOf = async (subscription: ReturnType<typeof subscribe>) =>
  subscription.next().then(
    ({ errors }) => errors?.[0]?.extensions?.code,
    (errors) => errors[0].extensions.code,
  );

describe('a subscription that asks nothing of the live protocol', () => {
  it('is answered by itself', async () => {
    await subgraph.publish();
    const events = subscribe({ viewer: viewer(1) }, { after: 0 });
    expect(await events.next()).toEqual({ data: { events: 1 } });
  });
});

describe('a viewer who attaches', () => {
  it('gets what is behind their cursor, then the place in the topic, then silence', async () => {
    for (let n = 0; n < 3; n += 1) await subgraph.publish();
    const events = subscribe({ viewer: viewer(1) }, { after: 1, live: attach });
    expect((await events.next()).data).toEqual({ events: 2 });
    expect((await events.next()).data).toEqual({ events: 3 });
    expect(await events.next()).toEqual({
      data: null,
      extensions: { live: { position: 3, topic: TOPIC, cursor: '3' } },
    });
    expect(subgraph.counts.listening, 'only their rights are watched').toBe(1);
    await subgraph.publish();
    await subgraph.expel(viewer(1).userId);
    expect(await codeOf(events)).toBe('FORBIDDEN');
    await events.done;
    expect(events.events).toHaveLength(4);
    expect(subgraph.counts.listening).toBe(0);
  });

  it('without a cursor is attached to what comes from now on', async () => {
    await subgraph.publish();
    const events = subscribe({ viewer: viewer(1) }, { live: attach });
    expect((await events.next()).extensions).toEqual({ live: { position: 1, topic: TOPIC, cursor: '1' } });
  });

  it('is refused without the right to listen', async () => {
    await subgraph.expel(viewer(1).userId);
    expect(await codeOf(subscribe({ viewer: viewer(1) }, { live: attach }))).toBe('FORBIDDEN');
    expect(await codeOf(subscribe({}, { live: attach }))).toBe('UNAUTHENTICATED');
  });

  it('misses nothing and gets nothing twice, however much happens on the way', async () => {
    const publishing = (async () => {
      for (let n = 0; n < 200; n += 1) {
        await subgraph.publish();
        if (n % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const gateway = { service: GATEWAY_SERVICE };
    for (const name of [1, 2, 3]) {
      const own = subscribe({ viewer: viewer(name) }, { after: 0, live: attach });
      const mark = await own.nextWhere(({ data }) => !data);
      const { position } = (mark.extensions as { live: { position: number } }).live;
      const replayed = own.events.flatMap(({ data }) => (data ? [data.events] : []));
      await publishing;
      const topic = subscribe(gateway, { live: topicAfter(position) });
      const live = [];
      while (position + live.length < 200) live.push((await topic.next()).data?.events);
      expect([...replayed, ...live]).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
      topic.stop();
      own.stop();
    }
    await eventually(() => subgraph.counts.listening === 0);
  });

  it('of a field that has no topic is answered by itself', async () => {
    const events = subscribe({ viewer: viewer(1) }, { query: 'subscription { plain }', live: attach });
    await eventually(() => subgraph.counts.listening === 1);
    await subgraph.publish();
    expect(await events.next()).toEqual({ data: { plain: 1 } });
  });

  it('frees everything by leaving, while it is silent too', async () => {
    const events = subscribe({ viewer: viewer(1) }, { live: attach });
    await events.next();
    events.stop();
    await eventually(() => subgraph.counts.listening === 0);
  });
});

describe('a topic', () => {
  it('tells the gateway what is behind a position, each event with its own', async () => {
    for (let n = 0; n < 3; n += 1) await subgraph.publish();
    const events = subscribe({ service: GATEWAY_SERVICE }, { live: topicAfter(2) });
    expect(await events.next()).toEqual({ data: { events: 3 }, extensions: { live: { position: 3 } } });
    await subgraph.publish();
    expect(await events.next()).toEqual({ data: { events: 4 }, extensions: { live: { position: 4 } } });
  });

  it.each([
    ['a viewer', { viewer: viewer(1) }],
    ['nobody', {}],
    ['another service', { service: 'posts' }],
    ['the gateway on behalf of a viewer', { service: GATEWAY_SERVICE, viewer: viewer(1) }],
  ])('is refused to %s', async (_who, identity) => {
    await subgraph.publish();
    const events = subscribe(identity, { live: topicAfter(0) });
    expect(await codeOf(events)).toBe('FORBIDDEN');
    expect(subgraph.counts.listening).toBe(0);
  });

  it('can’t be made of a message that was signed for something else', async () => {
    const gateway = { service: GATEWAY_SERVICE };
    expect(await codeOf(subscribe(gateway, { live: topicAfter(0), signedLive: topicAfter(5) }))).toBe(
      'UNAUTHENTICATED',
    );
    expect(await codeOf(subscribe({ viewer: viewer(1) }, { live: topicAfter(0), signedLive: attach }))).toBe(
      'UNAUTHENTICATED',
    );
  });

  it('is refused where a field has none, and what was opened is closed', async () => {
    const events = subscribe({ service: GATEWAY_SERVICE }, { query: 'subscription { plain }', live: topicAfter(0) });
    expect(await codeOf(events)).toBe('BAD_USER_INPUT');
    expect([subgraph.counts.plain, subgraph.counts.listening]).toEqual([0, 0]);
  });

  it('must be asked for as the protocol says', async () => {
    const events = subscribe({ service: GATEWAY_SERVICE }, { live: { mode: 'topic', after: -1 } });
    expect(await codeOf(events)).toBe('BAD_USER_INPUT');
  });
});
