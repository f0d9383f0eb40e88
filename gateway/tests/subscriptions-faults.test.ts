import { randomUUID } from 'node:crypto';
import { eventually, type Subscriber, testStores, uniqueName } from '@postbook/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type LiveGraph, startLiveGraph } from './fixture/live-graph.ts';
import { SECRET, startTestGateway, type TestGateway } from './fixture/test-gateway.ts';
import { startTestTokens, type TestTokens } from './fixture/test-tokens.ts';

let graph: LiveGraph;
let tokens: TestTokens;
let gateway: TestGateway;
const sockets: Subscriber[] = [];

beforeAll(async () => {
  [graph, tokens] = await Promise.all([startLiveGraph(SECRET), startTestTokens()]);
  gateway = await startTestGateway({
    supergraphPath: graph.supergraphPath,
    auth: {
      jwksUrl: tokens.jwksUrl,
      redisUrl: testStores().redisUrl,
      redisNamespace: uniqueName('faults').toLowerCase(),
    },
    env: { RELOAD_SPREAD_MS: '200', MAX_QUEUED_EVENTS: '5000' },
  });
});
afterEach(async () => {
  await Promise.all(sockets.splice(0).map((socket) => socket.close()));
  await eventually(() => Object.values(graph.open).every((count) => count === 0));
});
afterAll(async () => {
  await gateway.stop();
  await tokens.stop();
  await graph.stop();
});

/** What all see alike, with nothing and with something of another subgraph, and what is each viewer's own. */
const ALIKE = 'subscription ($r: ID!, $a: String) { events(room: $r, after: $a) { n } }';
const JOINED = 'subscription ($r: ID!, $a: String) { events(room: $r, after: $a) { n author { id name } } }';
const MIXED = `subscription ($r: ID!, $a: String) {
  events(room: $r, after: $a) { n author { name seenBy grudge } }
}`;
const OWN = 'subscription ($r: ID!, $a: String) { events(room: $r, after: $a) { n you } }';

interface Told {
  readonly events: {
    readonly n: number;
    readonly you?: string;
    readonly author?: { readonly name: string | null; readonly seenBy?: string };
  };
}

/** Listens as a person of their own. */
async function listen(query: string, room: string, after?: number, userId: string = randomUUID()) {
  const socket = gateway.connect(await tokens.issue({ userId }));
  sockets.push(socket);
  const variables = { r: room, ...(after === undefined ? {} : { a: String(after) }) };
  const subscription = socket.subscribe<Told>(query, variables);
  return {
    ...subscription,
    userId,
    socket,
    after: after ?? 0,
    get numbers() {
      return subscription.events.map(({ data }) => data?.events?.n);
    },
    get events() {
      return subscription.events;
    },
  };
}

type Listening = Awaited<ReturnType<typeof listen>>;

const from = (after: number, to: number) => Array.from({ length: to - after }, (_, index) => after + index + 1);

const turn = () => new Promise((resolve) => setImmediate(resolve));

async function allHave(listeners: readonly Listening[], to: number): Promise<void> {
  await eventually(() => listeners.every(({ numbers, after }) => numbers.length >= to - after), { timeoutMs: 60_000 });
  for (const { numbers, after } of listeners) expect(numbers).toEqual(from(after, to));
}

describe('a subgraph that is lost', () => {
  test('and comes back again and again during 1,000 sends over 50 sockets costs nobody an event', async () => {
    const room = randomUUID();
    for (let n = 0; n < 20; n += 1) graph.publish(room);
    const listeners = await Promise.all(
      Array.from({ length: 50 }, (_, n) => listen(n % 10 === 0 ? OWN : ALIKE, room, n % 20)),
    );
    await eventually(() => listeners.every(({ numbers }) => numbers.length > 0));
    for (let n = 1; n <= 1_000; n += 1) {
      graph.publish(room);
      if (n % 20 === 0) await turn();
      if (n % 300 === 0) await graph.kill();
      if (n % 300 === 60) await (n > 60 ? graph.start() : undefined);
    }
    await allHave(listeners, 1_020);
    expect(listeners.flatMap(({ events }) => events.flatMap(({ errors }) => errors ?? []))).toEqual([]);
  });

  test('because it stops gracefully is waited for too', async () => {
    const room = randomUUID();
    const listeners = await Promise.all([listen(ALIKE, room, 0), listen(OWN, room, 0)]);
    graph.publish(room);
    await allHave(listeners, 1);
    await graph.shutDown();
    graph.publish(room);
    await graph.start();
    graph.publish(room);
    await allHave(listeners, 3);
  });

  test('and comes back elsewhere is found there', async () => {
    const room = randomUUID();
    const listeners = await Promise.all([listen(ALIKE, room, 0), listen(OWN, room, 0)]);
    graph.publish(room);
    await allHave(listeners, 1);
    await graph.kill();
    graph.publish(room);
    await graph.start({ elsewhere: true });
    await graph.deploy();
    await allHave(listeners, 2);
  });
});

describe('one topic', () => {
  test('is opened once for all who listen, with nothing in it of any of them', async () => {
    const room = randomUUID();
    for (let n = 0; n < 8; n += 1) graph.publish(room);
    const listeners = await Promise.all([0, 2, 4, 6].map((after) => listen(ALIKE, room, after)));
    await eventually(() => graph.open.topic === 1 && graph.open.attach === 4);
    graph.publish(room);
    await allHave(listeners, 9);
    expect(graph.open).toEqual({ own: 0, attach: 4, topic: 1 });
  });

  test('tells each viewer what is theirs, the errors of their fields included', async () => {
    const room = randomUUID();
    const own = await Promise.all([listen(OWN, room, 0), listen(OWN, room, 0)]);
    const joined = await Promise.all([listen(JOINED, room, 0), listen(JOINED, room, 0)]);
    for (let n = 0; n < 20; n += 1) graph.publish(room);
    await allHave([...own, ...joined], 20);
    for (const { events, userId } of own) {
      expect(new Set(events.map(({ data }) => data?.events.you))).toEqual(new Set([userId]));
    }
    for (const { events } of joined) {
      expect(events.map(({ errors }) => errors?.[0]?.path)).toEqual(
        from(0, 20).map((n) => (n % 2 === 0 ? undefined : ['events', 'author', 'name'])),
      );
    }
  });

  test('shows nothing of one viewer to another, in errors neither, however many are told at once', async () => {
    const room = randomUUID();
    const viewers = await Promise.all(Array.from({ length: 8 }, () => listen(MIXED, room, 0)));
    await eventually(() => graph.open.topic === 1);
    for (let n = 0; n < 40; n += 1) {
      graph.publish(room);
      if (n % 8 === 0) await turn();
    }
    await allHave(viewers, 40);
    for (const { events, userId } of viewers) {
      for (const { data, errors } of events.filter(({ data }) => data?.events.author?.name)) {
        expect([data?.events.author?.seenBy, errors?.map(({ message }) => message)]).toEqual([
          userId,
          [`against ${userId}`],
        ]);
      }
      const told = JSON.stringify(events);
      expect(told).toContain(userId);
      expect(viewers.filter((other) => other.userId !== userId && told.includes(other.userId))).toEqual([]);
    }
  });

  test('asks other subgraphs once for what all see alike, and in nobody’s name', async () => {
    const room = randomUUID();
    const viewers = await Promise.all(Array.from({ length: 10 }, () => listen(JOINED, room)));
    await eventually(() => graph.open.attach === 10 && graph.open.topic === 1);
    const before = graph.people.calls.length;
    for (let n = 0; n < 6; n += 1) {
      graph.publish(room);
      await allHave(viewers, n + 1);
    }
    const calls = graph.people.calls.slice(before);
    expect(calls).toHaveLength(6);
    expect(new Set(calls.map(({ identity }) => identity?.viewer ?? identity?.service))).toEqual(new Set([undefined]));
  });

  test('is left within a second by whoever loses the right, and by nobody else', async () => {
    const room = randomUUID();
    const [stays, goes] = [await listen(ALIKE, room, 0), await listen(ALIKE, room, 0)];
    graph.publish(room);
    await allHave([stays, goes], 1);
    graph.expel(goes.userId);
    const expelled = performance.now();
    const last = await goes.nextWhere(({ errors }) => errors !== undefined);
    expect(performance.now() - expelled).toBeLessThan(1_000);
    expect(last.errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN', service: 'rooms' });
    await goes.done;
    graph.publish(room);
    await allHave([stays], 2);
    expect(goes.numbers).toEqual([1, undefined]);
    const again = await listen(ALIKE, room, 0, goes.userId);
    expect((await again.next()).errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  });

  test('can’t be opened by a client, whatever it sends', async () => {
    const room = randomUUID();
    graph.publish(room);
    const evil = await listen(ALIKE, room, 0);
    graph.expel(evil.userId);
    const live = { mode: 'topic', topic: room, after: 0 };
    const socket = gateway.connect(await tokens.issue({ userId: evil.userId }));
    sockets.push(socket);
    const stolen = socket.subscribe(ALIKE, { r: room }, { live, identity: 'x' });
    expect((await stolen.next()).errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  });
});

describe('another supergraph', () => {
  test('in the midst of events loses none, and ends what it no longer supports with SCHEMA_CHANGED', async () => {
    const room = randomUUID();
    const kept = await Promise.all([listen(ALIKE, room, 0), listen(JOINED, room, 0), listen(OWN, room, 0)]);
    const gone = await listen(
      'subscription ($r: ID!, $a: String) { events(room: $r, after: $a) { n extra } }',
      room,
      0,
    );
    let published = 0;
    const publish = async (count: number) => {
      for (let n = 0; n < count; n += 1) {
        graph.publish(room);
        published += 1;
        if (n % 10 === 0) await turn();
      }
    };
    await publish(100);
    await graph.deploy(/extra: Int @seenAlike/);
    const last = gone.nextWhere(({ errors }) => errors !== undefined);
    await publish(100);
    expect((await last).errors?.[0]?.extensions?.code).toBe('SCHEMA_CHANGED');
    await gone.done;
    await publish(50);
    await graph.kill();
    await publish(50);
    await graph.start();
    await allHave(kept, published);
    await graph.deploy();
  });
});
