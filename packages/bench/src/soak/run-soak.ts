import { setTimeout as pause } from 'node:timers/promises';
import { setChatStage, startChatGateway } from '../chat-graph/chat-stage.ts';
import { type HeapSample, openInspector } from '../processes/inspector.ts';
import { byteText } from '../report/number-text.ts';
import { say } from '../report/say.ts';
import { createDisturbances } from './disturbances.ts';
import { type Allowance, type Flatness, judgeFlatness } from './flatness.ts';
import { createSoakLoad, type SoakCounts } from './soak-load.ts';

/** What is watched. */
const MEMORIES = ['heapUsed', 'external', 'rss'] as const;

/** One of the watched memories. */
export type Memory = (typeof MEMORIES)[number];

/** What came of a soak. */
export interface SoakResult {
  readonly isFlat: boolean;
  readonly verdicts: Readonly<Record<Memory, Flatness>>;
  readonly samples: ReadonlyArray<HeapSample & { readonly minutes: number }>;
  readonly counts: Readonly<SoakCounts>;
  readonly restarts: number;
  readonly reloads: number;
}

const MIB = 1024 ** 2;

/**
 * How far each may grow over the whole run. The heap is exact after a collection. What the process holds is not: V8 and
 * malloc give pages back when they like.
 */
const ALLOWANCES: Readonly<Record<Memory, Allowance>> = {
  heapUsed: { bytes: 3 * MIB, share: 0.05 },
  external: { bytes: 2 * MIB, share: 0.05 },
  rss: { bytes: 24 * MIB, share: 0.1 },
};

/** Samples of a run. More say no more, and each stops the load for a moment; fewer can't be judged by. */
const SAMPLES = { planned: 40, fewest: 8 };
/** Milliseconds of load between two samples at the least. */
const SHORTEST_CYCLE_MS = 1_000;
const PEOPLE = 30;
/** How long after the load the gateway gets to close what was closed. */
const SETTLE_MS = 300;

/**
 * Keeps the gateway busy for as long as told, or a little longer until there are enough samples, with queries, mutations
 * and subscriptions that come and go, while now its subgraphs are killed and started again and now its supergraph is
 * exchanged. Between cycles of load, when everybody has left and garbage is collected, its memory is looked at from
 * outside.
 *
 * @throws Error when the gateway doesn't get over a disturbance.
 */
export async function runSoak({ minutes }: { readonly minutes: number }): Promise<SoakResult> {
  await using stack = new AsyncDisposableStack();
  const stage = await setChatStage(stack);
  const gateway = await startChatGateway(stage);
  stack.defer(() => gateway.stop());
  const inspector = await openInspector(gateway.inspectorUrl ?? '');
  stack.defer(() => inspector.close());
  const tokens = await Promise.all(Array.from({ length: PEOPLE }, () => stage.tokens.issue()));
  const load = createSoakLoad({ url: gateway.url, tokens });
  const disturbances = await createDisturbances(stage, gateway.url);

  const started = performance.now();
  const totalMs = minutes * 60_000;
  const cycleMs = Math.max(SHORTEST_CYCLE_MS, totalMs / SAMPLES.planned);
  const samples: (HeapSample & { minutes: number })[] = [];
  while (performance.now() - started < totalMs || samples.length < SAMPLES.fewest) {
    const busy = load.run(cycleMs);
    await pause(cycleMs / 2);
    await (samples.length % 2 === 0 ? disturbances.reload() : disturbances.restart());
    await busy;
    await pause(SETTLE_MS);
    const sample = { ...(await inspector.sample()), minutes: (performance.now() - started) / 60_000 };
    samples.push(sample);
    say(`${sample.minutes.toFixed(1)} min: heap ${byteText(sample.heapUsed)}, process ${byteText(sample.rss)}`);
  }

  const judge = (memory: Memory) =>
    judgeFlatness(
      samples.map((sample) => ({ minutes: sample.minutes, bytes: sample[memory] })),
      ALLOWANCES[memory],
    );
  const verdicts = { heapUsed: judge('heapUsed'), external: judge('external'), rss: judge('rss') };
  const isFlat = MEMORIES.every((memory) => verdicts[memory].isFlat);
  return { isFlat, verdicts, samples, counts: load.counts, ...disturbances.counts };
}
