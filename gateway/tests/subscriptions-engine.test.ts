import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { traceFromHeaders, type Viewer } from '@postbook/service-kit';
import { type GraphQLFormattedError, type OperationDefinitionNode, parse } from 'graphql';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  createSubscriptionEngine,
  type SharedSubscriptionEngineOptions,
} from '../src/subscriptions/create-subscription-engine.ts';
import type { EventPayload } from '../src/subscriptions/subscription-engine.ts';
import { createLiveModel, createModelOperation, type ModelOperation, modelParts } from './fixture/live-model.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

setFlagsFromString('--expose_gc');
const collectGarbage = runInNewContext('gc') as () => void;

const document = parse('subscription S($id: ID!, $after: String) { events(id: $id, after: $after) { n } }');
const [operation] = document.definitions as [OperationDefinitionNode];

const viewerOf = (name: string): Viewer => ({ userId: name, sessionId: name, role: 'User', scopes: [] });

const settle = async () => {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** An engine over a subgraph in memory. */
function setUp(options: Partial<SharedSubscriptionEngineOptions> = {}) {
  const model = createLiveModel();
  const registry = new Registry();
  const parts = { registry, engine: modelParts(model, {}, registry) };
  const engine = createSubscriptionEngine({ ...parts.engine, ...options });

  /** Starts a subscription, and keeps all it is told. */
  function start(made: ModelOperation, name?: string, variables: Record<string, unknown> = { id: 'one' }, key = 'S') {
    const told = {
      batches: [] as (readonly EventPayload[])[],
      ended: undefined as readonly GraphQLFormattedError[] | 'completed' | undefined,
      get numbers() {
        return this.results.map(({ data }) => data?.events?.n ?? data?.plain?.n);
      },
      get results() {
        return this.batches.flat().map((payload) => JSON.parse(payload.toString()));
      },
      get code() {
        return this.ended === 'completed' ? 'completed' : this.ended?.[0]?.extensions?.code;
      },
    };
    const viewer = name === undefined ? {} : { viewer: viewerOf(name) };
    const context = { trace: traceFromHeaders({}), client: { ip: '::1' }, ...viewer };
    const running = engine.start(
      { prepared: made.prepared, operation, document, variables, context, key },
      {
        next: (payloads) => void told.batches.push(payloads),
        end(errors) {
          told.ended = errors ?? 'completed';
        },
      },
    );
    return Object.assign(told, { stop: () => running.stop() });
  }

  /** Delivers all that the subgraph has sent. */
  async function deliver(): Promise<void> {
    for (let round = 0; round < 5; round += 1) {
      for (const connection of model.connections) while (connection.step());
      await settle();
    }
  }

  const metric = async (name: string) => (await parts.registry.getSingleMetric(name)?.get())?.values ?? [];
  return { model, engine, start, deliver, metric };
}

const SETTINGS = modelParts(createLiveModel()).settings;
const unshared = () => createModelOperation({ isPrimarySeenAlike: false, isSeenAlike: false });
const alike = () => createModelOperation({ isPrimarySeenAlike: true, isSeenAlike: true });
const mixed = () => createModelOperation({ isPrimarySeenAlike: true, isSeenAlike: false });

describe('upstreams of one identity', () => {
  test('are shared by those who begin before the first event, and by nobody else', async () => {
    const { model, start, deliver } = setUp();
    const made = unshared();
    const [tab, other] = [start(made, 'ada'), start(made, 'ada')];
    const bob = start(made, 'bob');
    const elsewhere = start(made, 'ada', { id: 'two' });
    expect(model.connections.map(({ viewer }) => viewer)).toEqual(['ada', 'bob', 'ada']);
    model.publish();
    await deliver();
    expect(tab.batches[0]).toBe(other.batches[0]);
    expect(elsewhere.numbers).toEqual([1]);
    expect(bob.results[0].data.for).toBe('bob');
    const late = start(made, 'ada');
    expect(model.connections).toHaveLength(4);
    model.publish();
    await deliver();
    expect([tab.numbers, other.numbers, late.numbers]).toEqual([[1, 2], [1, 2], [2]]);
  });

  test('are shared by the anonymous', () => {
    const { model, start } = setUp();
    const made = unshared();
    start(made);
    start(made);
    expect(model.connections).toHaveLength(1);
  });

  test('are freed with the last listener, at once', () => {
    const { model, start } = setUp();
    const made = unshared();
    const listeners = [start(made, 'ada'), start(made, 'ada'), start(made, 'bob')];
    for (const listener of listeners) {
      listener.stop();
      listener.stop();
    }
    expect(model.connections).toEqual([]);
  });

  test('join events of one turn in one call, and what comes meanwhile in the next', async () => {
    const { model, start, deliver } = setUp();
    let release = () => {};
    const gate = () =>
      new Promise<void>((resolve) => {
        release = resolve;
      });
    const made = createModelOperation({ isPrimarySeenAlike: false, isSeenAlike: false, gate });
    const ada = start(made, 'ada');
    for (let n = 0; n < 3; n += 1) model.publish();
    await deliver();
    for (let n = 0; n < 2; n += 1) model.publish();
    await deliver();
    expect(ada.batches).toEqual([]);
    release();
    await settle();
    release();
    await settle();
    expect(made.calls.join).toEqual([3, 2]);
    expect(ada.batches.map((batch) => batch.length)).toEqual([3, 2]);
    expect(ada.numbers).toEqual([1, 2, 3, 4, 5]);
  });

  test('tell nothing to a listener who left while an event was being joined', async () => {
    const { model, start, deliver } = setUp();
    let release = () => {};
    const gate = () =>
      new Promise<void>((resolve) => {
        release = resolve;
      });
    const ada = start(createModelOperation({ isPrimarySeenAlike: false, isSeenAlike: false, gate }), 'ada');
    model.publish();
    await deliver();
    ada.stop();
    release();
    await settle();
    expect([ada.batches, ada.ended]).toEqual([[], undefined]);
  });

  test('end with SUBSCRIBER_TOO_SLOW when more events wait than may, and are freed', async () => {
    const { model, start, deliver } = setUp({ settings: { ...SETTINGS, maxQueuedEvents: 2 } });
    const ada = start(unshared(), 'ada');
    for (let n = 0; n < 3; n += 1) model.publish();
    await deliver();
    expect(ada.code).toBe('SUBSCRIBER_TOO_SLOW');
    expect(model.connections).toEqual([]);
  });

  test('end as the subgraph ends them', async () => {
    const { model, start, deliver } = setUp();
    const [over, refused] = [start(unshared(), 'ada'), start(unshared(), 'eve')];
    model.publish();
    model.evict('eve');
    model.complete();
    await deliver();
    expect([over.numbers, over.ended]).toEqual([[1], 'completed']);
    expect(refused.results.at(-1)).toEqual({
      data: null,
      errors: [{ message: 'FORBIDDEN', extensions: { code: 'FORBIDDEN', service: 'live' } }],
    });
    expect(refused.ended).toBe('completed');
  });
});

describe('a lost upstream', () => {
  test('without a cursor convention ends with SUBGRAPH_UNAVAILABLE', async () => {
    const { model, start, deliver } = setUp();
    const ada = start(createModelOperation({ isPrimarySeenAlike: false, isSeenAlike: false, field: 'plain' }), 'ada');
    model.connections[0]?.lose();
    await deliver();
    expect(ada.code).toBe('SUBGRAPH_UNAVAILABLE');
  });

  test('goes on behind the last event, without any cursor of the client', async () => {
    const { model, start, deliver, metric } = setUp();
    const ada = start(unshared(), 'ada');
    model.publish();
    await deliver();
    model.setUp(false);
    model.connections[0]?.lose();
    await settle();
    for (let n = 0; n < 3; n += 1) model.publish();
    model.setUp(true);
    await deliver();
    model.publish();
    await deliver();
    expect(ada.numbers).toEqual([1, 2, 3, 4, 5]);
    expect(await metric('gateway_upstream_resumes_total')).toMatchObject([{ value: 1, labels: { subgraph: 'live' } }]);
  });

  test('goes on where the client wanted to begin, when nothing came yet', async () => {
    const { model, start, deliver } = setUp();
    for (let n = 0; n < 3; n += 1) model.publish();
    const ada = start(unshared(), 'ada', { id: 'one', after: '1' });
    model.connections[0]?.lose();
    await deliver();
    expect(ada.numbers).toEqual([2, 3]);
  });

  test('ends with a code when it is not known where to go on', async () => {
    const { model, start, deliver } = setUp();
    const ada = start(unshared(), 'ada');
    model.connections[0]?.lose();
    await deliver();
    expect(ada.code).toBe('SUBGRAPH_UNAVAILABLE');
  });

  test('goes on from the place that the subgraph named, when nothing came yet', async () => {
    const { model, start, deliver } = setUp();
    model.publish();
    const ada = start(alike(), 'ada');
    await deliver();
    for (const connection of model.connections) connection.lose();
    model.publish();
    await deliver();
    expect(ada.numbers).toEqual([2]);
  });

  test('ends with a code when the subgraph stays away longer than may be', async () => {
    const { model, start, deliver } = setUp();
    const ada = start(unshared(), 'ada', { id: 'one', after: '0' });
    model.setUp(false);
    model.connections[0]?.lose();
    await deliver();
    vi.advanceTimersByTime(59_000);
    expect(ada.ended).toBeUndefined();
    vi.advanceTimersByTime(1_000);
    await settle();
    expect(ada.code).toBe('SUBGRAPH_UNAVAILABLE');
  });

  test('is an error at once when it can’t be opened in the first place', async () => {
    const { model, start, deliver } = setUp();
    model.setUp(false);
    const ada = start(unshared(), 'ada', { id: 'one', after: '0' });
    await deliver();
    expect(ada.code).toBe('SUBGRAPH_UNAVAILABLE');
  });
});

describe('a topic', () => {
  test('is listened to once, in the gateway’s own name, whatever cursors its viewers came with', async () => {
    const { model, start, deliver } = setUp();
    for (let n = 0; n < 5; n += 1) model.publish();
    const made = alike();
    const viewers = [0, 1, 2, 3, 4].map((after) => start(made, `viewer ${after}`, { id: 'one', after: String(after) }));
    await deliver();
    const topics = model.connections.filter(({ mode }) => mode === 'topic');
    expect(topics.map(({ identity }) => identity)).toEqual([{ service: 'gateway' }]);
    expect(topics[0]?.subscription.variables).toEqual({ id: 'one' });
    model.publish();
    await deliver();
    expect(viewers.map(({ numbers }) => numbers)).toEqual([
      [1, 2, 3, 4, 5, 6],
      [2, 3, 4, 5, 6],
      [3, 4, 5, 6],
      [4, 5, 6],
      [5, 6],
    ]);
    const last = viewers.map(({ batches }) => batches.at(-1));
    expect(new Set(last).size, 'the very same array for all').toBe(1);
  });

  test('is joined once for all, and what is each viewer’s own for each, errors included', async () => {
    const { model, start, deliver } = setUp();
    const made = mixed();
    const [ada, bob] = [start(made, 'ada'), start(made, 'bob')];
    await deliver();
    for (let n = 0; n < 4; n += 1) model.publish();
    await deliver();
    expect(made.calls).toEqual({ join: [], audience: [4], finish: 8 });
    expect(new Set(ada.results.map(({ data }) => data.for))).toEqual(new Set(['ada']));
    expect(new Set(bob.results.map(({ data }) => data.for))).toEqual(new Set(['bob']));
  });

  test('is left by a viewer as soon as the subgraph takes their right away, and the others go on', async () => {
    const { model, start, deliver } = setUp();
    const made = alike();
    const [ada, eve] = [start(made, 'ada'), start(made, 'eve')];
    await deliver();
    model.evict('eve');
    await deliver();
    model.publish();
    await deliver();
    expect(eve.results).toEqual([
      { data: null, errors: [{ message: 'FORBIDDEN', extensions: { code: 'FORBIDDEN', service: 'live' } }] },
    ]);
    expect(eve.ended).toBe('completed');
    expect(ada.numbers).toEqual([1]);
  });

  test('is not told to a viewer whose own upstream is lost, until the subgraph has authorised them anew', async () => {
    const { model, start, deliver } = setUp();
    const made = alike();
    const [ada, eve] = [start(made, 'ada'), start(made, 'eve')];
    await deliver();
    model.connections.find(({ viewer }) => viewer === 'eve')?.lose();
    await settle();
    const topic = model.connections.find(({ mode }) => mode === 'topic');
    model.publish();
    topic?.step();
    await settle();
    expect([ada.numbers, eve.numbers]).toEqual([[1], []]);
    model.evict('eve');
    await deliver();
    expect(eve.ended).toBe('completed');
  });

  test('that the subgraph refuses is replaced by an upstream for each, without a loss', async () => {
    const { model, start, deliver } = setUp();
    model.refuseTopics();
    const ada = start(alike(), 'ada', { id: 'one', after: '0' });
    for (let n = 0; n < 3; n += 1) model.publish();
    await deliver();
    vi.advanceTimersByTime(500);
    await deliver();
    model.publish();
    await deliver();
    expect(ada.numbers).toEqual([1, 2, 3, 4]);
    expect(model.connections.map(({ mode }) => mode)).toEqual(['own']);
  });

  test('whose events come too fast is begun anew, and nobody misses one', async () => {
    const { model, start, deliver } = setUp({ settings: { ...SETTINGS, maxQueuedEvents: 3 } });
    const ada = start(alike(), 'ada');
    await deliver();
    for (let n = 0; n < 4; n += 1) model.publish();
    for (const connection of model.connections) while (connection.step());
    await settle();
    expect(model.connections, 'spread over a moment').toEqual([]);
    vi.advanceTimersByTime(500);
    await settle();
    expect(model.connections.map(({ mode }) => mode)).toEqual(['attach']);
    for (let n = 0; n < 4; n += 1) {
      for (const connection of model.connections) connection.step();
      await settle();
    }
    await deliver();
    expect([ada.numbers, ada.ended]).toEqual([[1, 2, 3, 4], undefined]);
  });

  test('goes with its last listener, and the gauges go to zero', async () => {
    const { model, start, deliver, metric } = setUp();
    const made = alike();
    const viewers = Array.from({ length: 20 }, (_, n) => start(made, `viewer ${n}`));
    await deliver();
    expect(model.connections).toHaveLength(21);
    expect(await metric('gateway_subscriptions')).toMatchObject([{ value: 20 }]);
    for (const viewer of viewers) viewer.stop();
    expect(model.connections).toEqual([]);
    for (const name of ['gateway_subscriptions', 'gateway_live_topics', 'gateway_queued_events']) {
      expect(await metric(name), name).toMatchObject([{ value: 0 }]);
    }
    expect(await metric('gateway_subscriptions_closed_total')).toMatchObject([
      { value: 20, labels: { reason: 'client' } },
    ]);
  });

  test('differs with everything but the cursor', async () => {
    const { model, start, deliver } = setUp();
    const made = alike();
    start(made, 'ada', { id: 'one', after: '0' });
    start(made, 'bob', { id: 'two', after: '0' });
    start(alike(), 'eve', { id: 'one', after: '0' });
    await deliver();
    expect(model.connections.filter(({ mode }) => mode === 'topic')).toHaveLength(3);
  });
});

describe('another supergraph', () => {
  test('ends what it no longer supports with SCHEMA_CHANGED, spread over time, and nothing else', async () => {
    const { model, engine, start, deliver } = setUp({
      renew: async ({ key, prepared }) => (key === 'gone' ? undefined : prepared),
    });
    const gone = Array.from({ length: 20 }, (_, n) => start(unshared(), `viewer ${n}`, { id: 'one' }, 'gone'));
    const kept = start(unshared(), 'ada');
    await engine.supergraphChanged();
    vi.advanceTimersByTime(500);
    const early = gone.filter(({ ended }) => ended !== undefined).length;
    expect(early).toBeGreaterThan(0);
    expect(early).toBeLessThan(20);
    vi.advanceTimersByTime(500);
    expect(new Set(gone.map(({ code }) => code))).toEqual(new Set(['SCHEMA_CHANGED']));
    model.publish();
    await deliver();
    expect(kept.numbers).toEqual([1]);
    expect(model.connections).toHaveLength(1);
  });

  test('gives running subscriptions their new plan, without opening an upstream that would be the same', async () => {
    const renewed = unshared();
    const { model, engine, start, deliver } = setUp({ renew: async () => renewed.prepared });
    const before = unshared();
    const ada = start(before, 'ada', { id: 'one', after: '0' });
    model.publish();
    await deliver();
    await engine.supergraphChanged();
    vi.advanceTimersByTime(1_000);
    model.publish();
    await deliver();
    expect(ada.numbers).toEqual([1, 2]);
    expect([before.calls.join, renewed.calls.join, model.opened]).toEqual([[1], [1], 1]);
  });

  test('moves the viewers of a topic to one of the new plan, behind the last event each was told', async () => {
    const [before, renewed] = [alike(), alike()];
    const { model, engine, start, deliver, metric } = setUp({ renew: async () => renewed.prepared });
    const viewers = ['ada', 'bob', 'eve'].map((name) => start(before, name, { id: 'one', after: '0' }));
    await deliver();
    model.publish();
    await deliver();
    await engine.supergraphChanged();
    for (let n = 0; n < 10; n += 1) {
      vi.advanceTimersByTime(100);
      model.publish();
      await deliver();
    }
    expect(viewers.map(({ numbers }) => numbers)).toEqual(
      viewers.map(() => Array.from({ length: 11 }, (_, n) => n + 1)),
    );
    expect(await metric('gateway_live_topics')).toMatchObject([{ value: 1 }]);
    const joined = before.calls.join.length;
    model.publish();
    await deliver();
    expect(before.calls.join.length, 'nothing runs on the old plan').toBe(joined);
  });

  test('is all that stays in memory once everything has moved', async () => {
    let renewed = unshared();
    const { model, engine, start, deliver } = setUp({ renew: async () => renewed.prepared });
    const running: ReturnType<typeof start>[] = [];
    const begin = () => {
      const made = [unshared(), alike(), mixed()];
      for (const one of made) running.push(start(one, 'ada', { id: 'one', after: '0' }));
      return made.map(({ prepared }) => new WeakRef(prepared));
    };
    const old = begin();
    await deliver();
    renewed = alike();
    await engine.supergraphChanged();
    vi.advanceTimersByTime(1_000);
    await deliver();
    model.publish();
    await deliver();
    expect(running.map(({ numbers }) => numbers)).toEqual([[1], [1], [1]]);
    collectGarbage();
    expect(old.map((reference) => reference.deref())).toEqual([undefined, undefined, undefined]);
  });

  test('keeps those on their old plan that can’t be prepared just now', async () => {
    const made = unshared();
    const renew = async () => {
      throw new Error('the planner is busy');
    };
    const { model, engine, start, deliver } = setUp({ renew });
    const ada = start(made, 'ada', { id: 'one', after: '0' });
    await engine.supergraphChanged();
    model.connections[0]?.lose();
    model.publish();
    await deliver();
    expect([ada.numbers, ada.ended]).toEqual([[1], undefined]);
  });

  test('gives a subscription that is lost meanwhile its new plan at once', async () => {
    const renewed = unshared();
    const { model, engine, start, deliver } = setUp({ renew: async () => renewed.prepared });
    const before = unshared();
    const ada = start(before, 'ada', { id: 'one', after: '0' });
    model.publish();
    await deliver();
    await engine.supergraphChanged();
    model.connections[0]?.lose();
    model.publish();
    await deliver();
    expect(ada.numbers).toEqual([1, 2]);
    expect([before.calls.join, renewed.calls.join]).toEqual([[1], [1]]);
  });

  test('ends a subscription that is lost and can’t be prepared over it', async () => {
    let isSupported = true;
    const made = alike();
    const { model, engine, start, deliver } = setUp({ renew: async () => (isSupported ? made.prepared : undefined) });
    const ada = start(made, 'ada', { id: 'one', after: '0' });
    await deliver();
    await engine.supergraphChanged();
    isSupported = false;
    for (const connection of model.connections) connection.lose();
    await deliver();
    expect(ada.code).toBe('SCHEMA_CHANGED');
    expect(model.connections).toEqual([]);
  });
});

test('closing completes everything and frees every upstream', async () => {
  const { model, engine, start, deliver } = setUp();
  const all = [start(unshared(), 'ada'), start(alike(), 'bob'), start(mixed(), 'eve')];
  await deliver();
  await engine.close();
  expect(all.map(({ ended }) => ended)).toEqual(['completed', 'completed', 'completed']);
  expect(model.connections).toEqual([]);
});
