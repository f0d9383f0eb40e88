import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEvent } from '@postbook/events';
import { createRedisEventBus, type EventBus, silentLogger, type Viewer } from '@postbook/service-kit';
import { eventually, type RedisProcess, startRedisProcess, testStores, uniqueName } from '@postbook/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SubgraphCallToSend } from '../src/upstream/subgraph-transport.ts';
import { composeMarked } from './fixture/cached-graph.ts';
import { type ScriptedCall, type ScriptedSubgraph, startScriptedSubgraph } from './fixture/scripted-subgraph.ts';
import { startTestGateway } from './fixture/test-gateway.ts';
import { ADA, BOB, callOf, contextOf, startTestUpstream, type TestUpstream } from './fixture/test-upstream.ts';

const TYPES = `
  type Query { a: User }
  type User @key(fields: "id") {
    id: ID!
    name: String @entityCache(maxAge: 60)
    relation: String @entityCache(maxAge: 60, perViewer: true)
    plain: String
  }`;
const GRAPH = { supergraphSdl: composeMarked(TYPES) };
const NEXT_GRAPH = { supergraphSdl: composeMarked(TYPES.replace('plain: String', 'plain: Int')) };

let subgraph: ScriptedSubgraph;
let namespace: string;
let bus: EventBus;
let started: TestUpstream[];
let names: Map<string, string>;
let graph = GRAPH;

/** One gateway process; all share Redis. */
async function start(redisUrl = testStores().redisUrl): Promise<TestUpstream> {
  // A machine under load must not look like a Redis that is away.
  const entityCache = { redisUrl, redisNamespace: namespace, memoryBytes: 1_000_000, patienceMs: 10_000 };
  const upstream = startTestUpstream(subgraph.url, { SUBGRAPH_RETRIES: '0' }, { entityCache, current: () => graph });
  await upstream.start();
  started.push(upstream);
  await works(upstream);
  return upstream;
}

/** Waits until the cache says that it works. */
const works = (upstream: TestUpstream) =>
  eventually(async () => {
    await upstream.components.at(-1)?.check?.();
    return true;
  });

/** Answers entities with what they are called, for whom. */
function answer(call: ScriptedCall): void {
  const representations = call.body.variables.representations as { id: string }[];
  call.reply({
    data: { _entities: representations.map(({ id }) => (names.has(id) ? { name: names.get(id) } : null)) },
  });
}

beforeEach(async () => {
  namespace = uniqueName('cache').toLowerCase();
  bus = createRedisEventBus({ url: testStores().redisUrl, namespace, name: 'test', log: silentLogger });
  subgraph = await startScriptedSubgraph();
  subgraph.onCall = answer;
  started = [];
  graph = GRAPH;
  names = new Map();
});
afterEach(async () => {
  for (const upstream of started) await upstream.stop();
  await bus.close();
  await subgraph.kill();
});

const entity = (id: string) => JSON.stringify({ __typename: 'User', id });
const entityCall = (ids: readonly string[], fields = 'name', changes: Partial<SubgraphCallToSend> = {}) =>
  callOf({
    query: `query($representations: [_Any!]!) { _entities(representations: $representations) { ... on User { ${fields} } } }`,
    representations: ids.map(entity),
    ...changes,
  });
const load = async (
  upstream: TestUpstream,
  ids: readonly string[],
  fields?: string,
  changes?: Partial<SubgraphCallToSend>,
) => (await upstream.transport.send(entityCall(ids, fields, changes))).data?._entities;
const askedIds = () =>
  subgraph.calls.map(({ body }) => (body.variables.representations as { id: string }[]).map(({ id }) => id));

let version = 0;
const renamed = (userId: string) => {
  const card = { userId, username: 'x', displayName: 'x', avatarUrl: null };
  version += 1;
  return bus.publish([createEvent({ type: 'UserProfileUpdated', aggregateId: userId, version, payload: card })]);
};
const invalidated = (upstream: TestUpstream, count: number) =>
  eventually(
    async () => (await upstream.metric('gateway_entity_cache_invalidations_total', { type: 'User' })) === count,
  );

/** People who are known to the subgraph. */
function people(...all: string[]): string[] {
  return all.map((name) => {
    const id = randomUUID();
    names.set(id, name);
    return id;
  });
}

test('what is kept is not asked for again, by nobody and in no process, and the rest is asked for alone', async () => {
  const [one, two] = [await start(), await start()];
  const [ada = '', bob = '', cleo = ''] = people('Ada', 'Bob', 'Cleo');
  expect(await load(one, [ada, bob])).toEqual([{ name: 'Ada' }, { name: 'Bob' }]);
  await eventually(
    async () => (await load(two, [ada], 'name', { context: contextOf(BOB) })) && subgraph.calls.length === 1,
  );
  expect(await load(two, [bob, cleo, ada])).toEqual([{ name: 'Bob' }, { name: 'Cleo' }, { name: 'Ada' }]);
  expect(await load(one, [ada])).toEqual([{ name: 'Ada' }]);
  expect(askedIds()).toEqual([[ada, bob], [cleo]]);
  expect(await one.metric('gateway_entity_cache_requests_total', { outcome: 'miss' })).toBe(2);
  expect(await one.metric('gateway_entity_cache_requests_total', { outcome: 'hit' })).toBe(1);
});

test('what depends on who asks is kept for each viewer, and what is not marked for nobody', async () => {
  const upstream = await start();
  const [ada = ''] = people('Ada');
  const asAdmin: Viewer = { ...ADA, role: 'Admin' };
  for (const viewer of [ADA, BOB, undefined, asAdmin, ADA, BOB, undefined, asAdmin]) {
    await load(upstream, [ada], 'relation', { context: contextOf(viewer) });
  }
  expect(subgraph.calls).toHaveLength(4);
  await load(upstream, [ada], 'name plain');
  await load(upstream, [ada], 'name plain');
  expect(subgraph.calls).toHaveLength(6);
});

test('neither errors, nor what comes with one, nor the absence of an entity is kept', async () => {
  const upstream = await start();
  const [ada = ''] = people('Ada');
  const unknown = randomUUID();
  expect(await load(upstream, [unknown, ada])).toEqual([null, { name: 'Ada' }]);
  names.set(unknown, 'Late');
  expect(await load(upstream, [unknown, ada])).toEqual([{ name: 'Late' }, { name: 'Ada' }]);

  const [bob = '', cleo = ''] = people('Bob', 'Cleo');
  subgraph.onCall = (call) =>
    call.reply({
      data: { _entities: [{ name: 'Bob' }, null] },
      errors: [{ message: 'no', path: ['_entities', 1, 'name'] }],
    });
  const partial = await upstream.transport.send(entityCall([ada, bob, cleo]));
  expect(partial.data).toEqual({ _entities: [{ name: 'Ada' }, { name: 'Bob' }, null] });
  expect(partial.errors).toEqual([{ message: 'no', path: ['_entities', 2, 'name'] }]);
  subgraph.onCall = answer;
  await load(upstream, [bob]);
  expect(askedIds()).toEqual([[unknown, ada], [unknown], [bob, cleo], [bob]]);
});

test('while the subgraph is away, what is kept is still there', async () => {
  const upstream = await start();
  const [ada = ''] = people('Ada');
  await load(upstream, [ada]);
  await subgraph.kill();
  const { data, errors } = await upstream.transport.send(entityCall([randomUUID(), ada]));
  expect(data).toEqual({ _entities: [null, { name: 'Ada' }] });
  expect(errors?.map(({ path, extensions }) => [path, extensions?.reason])).toEqual([[['_entities', 0], 'CONNECTION']]);
});

test('an event drops what is kept of the entity in all processes within a second', async () => {
  const [one, two] = [await start(), await start()];
  const [ada = '', bob = ''] = people('Ada', 'Bob');
  for (const upstream of [one, two]) await load(upstream, [ada, bob]);
  names.set(ada, 'Ada Lovelace');
  const publishedAt = performance.now();
  await renamed(ada);
  await Promise.all([invalidated(one, 1), invalidated(two, 1)]);
  expect(performance.now() - publishedAt).toBeLessThan(1_000);
  for (const upstream of [one, two])
    expect(await load(upstream, [ada, bob])).toEqual([{ name: 'Ada Lovelace' }, { name: 'Bob' }]);
});

test('a value that was read before a change and arrives after its event is not kept', async () => {
  const [one, two] = [await start(), await start()];
  const [ada = ''] = people('Ada');
  const held = Promise.withResolvers<ScriptedCall>();
  subgraph.onCall = held.resolve;
  const old = load(one, [ada]);
  const call = await held.promise;
  // The subgraph has read; now the change, its event, and only then the answer.
  names.set(ada, 'Ada Lovelace');
  await renamed(ada);
  await Promise.all([invalidated(one, 1), invalidated(two, 1)]);
  call.reply({ data: { _entities: [{ name: 'Ada' }] } });
  expect(await old).toEqual([{ name: 'Ada' }]);
  subgraph.onCall = answer;
  for (const upstream of [one, two]) expect(await load(upstream, [ada])).toEqual([{ name: 'Ada Lovelace' }]);
});

test('nor is one that a later call was given with it, as both were asked for at once', async () => {
  const upstream = await start();
  const [ada = ''] = people('Ada');
  const held = Promise.withResolvers<ScriptedCall>();
  subgraph.onCall = held.resolve;
  const old = load(upstream, [ada]);
  const call = await held.promise;
  names.set(ada, 'Ada Lovelace');
  await renamed(ada);
  await invalidated(upstream, 1);
  // It starts after the event, and may share what is under way; what it is given is from before all the same.
  const joined = load(upstream, [ada]);
  await eventually(async () => (await upstream.metric('gateway_upstream_shared_total', { subgraph: 'chats' })) === 1);
  subgraph.onCall = answer;
  call.reply({ data: { _entities: [{ name: 'Ada' }] } });
  await Promise.all([old, joined]);
  expect(await load(upstream, [ada])).toEqual([{ name: 'Ada Lovelace' }]);
});

test('what changed while no gateway was running is not found by the next one', async () => {
  const one = await start();
  const [ada = ''] = people('Ada');
  await load(one, [ada]);
  await one.stop();
  names.set(ada, 'Ada Lovelace');
  await renamed(ada);
  expect(await load(await start(), [ada])).toEqual([{ name: 'Ada Lovelace' }]);
});

test('what is kept can be told from a fetch alone, so that it is not merged with what is not', async () => {
  const upstream = await start();
  expect([upstream.isKept(entityCall([]).query), upstream.isKept(entityCall([], 'plain').query)]).toEqual([
    true,
    false,
  ]);
  const without = startTestUpstream(subgraph.url);
  expect(without.isKept(entityCall([]).query)).toBe(false);
  await without.stop();
});

test('another supergraph finds nothing of the one before', async () => {
  const upstream = await start();
  const [ada = ''] = people('Ada');
  await load(upstream, [ada]);
  graph = NEXT_GRAPH;
  await load(upstream, [ada]);
  expect(subgraph.calls).toHaveLength(2);
});

test('whoever changed something sees it at once, and others what is kept', async () => {
  const upstream = await start();
  const [ada = ''] = people('Ada');
  await load(upstream, [ada]);
  await load(upstream, [ada], 'name', { context: contextOf(BOB) });
  names.set(ada, 'Ada Lovelace');
  subgraph.onCall = (call) =>
    call.body.query.startsWith('mutation') ? call.reply({ data: { ok: true } }) : answer(call);
  await upstream.transport.send(callOf({ operationType: 'mutation', query: 'mutation { rename }' }));
  expect(await load(upstream, [ada])).toEqual([{ name: 'Ada Lovelace' }]);
  expect(await load(upstream, [ada], 'name', { context: contextOf(BOB) })).toEqual([{ name: 'Ada' }]);
});

test('a call that must not see what was before it is not answered from the cache', async () => {
  const upstream = await start();
  const [ada = ''] = people('Ada');
  await load(upstream, [ada]);
  await load(upstream, [ada], 'name', { isUnshared: true });
  expect(subgraph.calls).toHaveLength(2);
});

test('while Redis is away nothing is kept and nothing fails; once it is back, what changed meanwhile is not found', async () => {
  const redis: RedisProcess = await startRedisProcess();
  const ownBus = createRedisEventBus({ url: redis.url, namespace, name: 'test', log: silentLogger });
  const upstream = await start(redis.url);
  const [ada = ''] = people('Ada');
  await load(upstream, [ada]);
  await load(upstream, [ada]);
  expect(subgraph.calls).toHaveLength(1);
  await redis.kill();
  names.set(ada, 'Ada Lovelace');
  await eventually(async () => {
    const [value] = (await load(upstream, [ada])) as { name: string }[];
    return value?.name === 'Ada Lovelace';
  });
  expect(await load(upstream, [ada])).toEqual([{ name: 'Ada Lovelace' }]);
  await redis.start();
  const card = { userId: ada, username: 'x', displayName: 'x', avatarUrl: null };
  await eventually(() =>
    ownBus
      .publish([createEvent({ type: 'UserProfileUpdated', aggregateId: ada, version: 1, payload: card })])
      .then(() => true),
  );
  await invalidated(upstream, 1);
  expect(await load(upstream, [ada])).toEqual([{ name: 'Ada Lovelace' }]);
  await works(upstream);
  await load(upstream, [ada]);
  const calls = subgraph.calls.length;
  expect(await load(upstream, [ada])).toEqual([{ name: 'Ada Lovelace' }]);
  expect(subgraph.calls).toHaveLength(calls);
  await upstream.stop();
  started = started.filter((one) => one !== upstream);
  await ownBus.close();
  await redis.stop();
});

test('the gateway keeps entities when it is told to, over the supergraph it loaded', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cached-'));
  const supergraphPath = join(folder, 'supergraph.graphql');
  const front = await startScriptedSubgraph();
  const [ada = ''] = people('Ada');
  front.onCall = (call) => call.reply({ data: { b: { __typename: 'User', id: ada } } });
  const types = 'type Query { b: User } type User @key(fields: "id", resolvable: false) { id: ID! }';
  await writeFile(supergraphPath, composeMarked(TYPES, subgraph.url, [{ name: 'front', url: front.url, types }]));
  const gateway = await startTestGateway({
    supergraphPath,
    env: { ENTITY_CACHE: 'on', ENTITY_CACHE_REDIS_URL: testStores().redisUrl },
  });
  await eventually(async () => {
    const report = await (await fetch(`${gateway.url}/health/ready`)).json();
    return (report as { components: Record<string, string> }).components['entity cache'] === 'ok';
  });
  for (let times = 0; times < 3; times++)
    expect(await gateway.http.data('{ b { name } }')).toEqual({ b: { name: 'Ada' } });
  expect(askedIds()).toEqual([[ada]]);
  expect(await gateway.metric('gateway_entity_cache_requests_total{subgraph="chats",outcome="hit",}')).toBe(2);
  await gateway.stop();
  await front.kill();
  await rm(folder, { recursive: true });
});
