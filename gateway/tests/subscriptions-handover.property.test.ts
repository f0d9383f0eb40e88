import { traceFromHeaders } from '@postbook/service-kit';
import fc from 'fast-check';
import { type GraphQLFormattedError, type OperationDefinitionNode, parse } from 'graphql';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  createSubscriptionEngine,
  type SharedSubscriptionEngine,
} from '../src/subscriptions/create-subscription-engine.ts';
import {
  createLiveModel,
  createModelOperation,
  type LiveModel,
  type ModelOperation,
  modelParts,
} from './fixture/live-model.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const document = parse('subscription S($id: ID!, $after: String) { events(id: $id, after: $after) { n } }');
const [operation] = document.definitions as [OperationDefinitionNode];

/** A viewer's subscription with all it was told. */
interface Viewer {
  readonly name: string;
  /** The first number they are due, as soon as it is certain. */
  readonly first: number;
  readonly seen: { readonly n: number; readonly passing?: string }[];
  readonly for: Set<string>;
  ended?: readonly GraphQLFormattedError[] | 'completed';
  stop(): void;
}

function start(engine: SharedSubscriptionEngine, { prepared }: ModelOperation, name: string, after: number): Viewer {
  const viewer: Viewer = { name, first: after + 1, seen: [], for: new Set(), stop: () => running.stop() };
  const running = engine.start(
    {
      prepared,
      operation,
      document,
      variables: { id: 'one', after: String(after) },
      context: {
        trace: traceFromHeaders({}),
        client: { ip: '::1' },
        viewer: { userId: name, sessionId: name, role: 'User', scopes: [] },
      },
      key: 'S',
    },
    {
      next(payloads) {
        for (const payload of payloads) {
          const { data } = JSON.parse(payload.toString());
          if (!data) continue;
          viewer.seen.push(data.events);
          viewer.for.add(data.for);
        }
      },
      end(errors) {
        viewer.ended = errors ?? 'completed';
      },
    },
  );
  return viewer;
}

const settle = async () => {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Lets everything that is under way arrive. */
async function quiesce(model: LiveModel): Promise<void> {
  for (let round = 0; round < 200; round += 1) {
    let hasMoved = false;
    for (const connection of model.connections) while (connection.step()) hasMoved = true;
    await settle();
    vi.advanceTimersByTime(6_000);
    await settle();
    if (!hasMoved && model.connections.every((connection) => !connection.step())) return;
  }
  throw new Error('it does not come to rest');
}

/** One thing that happens. */
type Step =
  | { readonly do: 'publish' | 'pass' | 'settle' | 'down' | 'up' }
  | { readonly do: 'start'; readonly back: number }
  | { readonly do: 'stop' | 'deliver' | 'lose'; readonly which: number };

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ do: 'publish' } as const) },
  { weight: 1, arbitrary: fc.constant({ do: 'pass' } as const) },
  { weight: 4, arbitrary: fc.constant({ do: 'settle' } as const) },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ do: 'down' }, { do: 'up' }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('start' as const), back: fc.nat(8) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stop' as const), which: fc.nat(9) }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constant('deliver' as const), which: fc.nat(9) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('lose' as const), which: fc.nat(9) }) },
);

async function run(sequence: readonly Step[], shape: { isSeenAlike: boolean; ringEvents: number }): Promise<void> {
  const model = createLiveModel();
  const engine = createSubscriptionEngine(modelParts(model, { ringEvents: shape.ringEvents, resumePatienceMs: 1e9 }));
  const made = createModelOperation({ isPrimarySeenAlike: true, isSeenAlike: shape.isSeenAlike });
  const viewers: Viewer[] = [];
  const stopped = new Map<Viewer, number>();
  let isUp = true;
  let marks = 0;

  for (const step of sequence) {
    switch (step.do) {
      case 'publish':
        model.publish();
        break;
      case 'pass':
        marks += 1;
        model.pass(`mark ${marks}`);
        break;
      case 'settle':
        await settle();
        vi.advanceTimersByTime(50);
        break;
      case 'up':
      case 'down':
        isUp = step.do === 'up';
        if (!isUp) for (const connection of model.connections) connection.lose();
        model.setUp(isUp);
        break;
      case 'start':
        // What can't be reached in the first place is an error at once, which isn't what this is about.
        if (isUp) viewers.push(start(engine, made, `viewer ${viewers.length}`, Math.max(0, model.head - step.back)));
        break;
      case 'stop': {
        const viewer = viewers[step.which];
        if (!viewer || stopped.has(viewer)) break;
        viewer.stop();
        stopped.set(viewer, viewer.seen.length);
        break;
      }
      default: {
        const { connections } = model;
        const connection = connections[step.which % Math.max(connections.length, 1)];
        if (step.do === 'deliver') connection?.step();
        else connection?.lose();
      }
    }
  }
  model.setUp(true);
  model.publish();
  await quiesce(model);

  for (const viewer of viewers) {
    const lasting = viewer.seen.filter(({ passing }) => passing === undefined).map(({ n }) => n);
    const passing = viewer.seen.flatMap((event) => event.passing ?? []);
    const until = stopped.has(viewer) ? viewer.first + lasting.length - 1 : model.head;
    expect(lasting, viewer.name).toEqual(
      Array.from({ length: Math.max(0, until - viewer.first + 1) }, (_, index) => viewer.first + index),
    );
    expect(new Set(passing).size, 'what is told in passing is told once').toBe(passing.length);
    expect(viewer.ended).toBeUndefined();
    expect([...viewer.for].filter((name) => name !== viewer.name && name !== 'all')).toEqual([]);
    const told = stopped.get(viewer);
    if (told !== undefined) expect(viewer.seen.length, 'nothing comes after the end').toBe(told);
  }
  for (const viewer of viewers) viewer.stop();
  expect(model.connections, 'every upstream was freed').toEqual([]);
}

test.each([
  ['all see all alike', { isSeenAlike: true, ringEvents: 100 }],
  ['each gets something of their own', { isSeenAlike: false, ringEvents: 100 }],
  ['hardly anything is kept for those who come late', { isSeenAlike: true, ringEvents: 1 }],
])('every viewer of a topic sees each event once and in order, whatever is lost, when %s', async (_name, shape) => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 80 }), (sequence) => run(sequence, shape)),
    { numRuns: 200 },
  );
});
