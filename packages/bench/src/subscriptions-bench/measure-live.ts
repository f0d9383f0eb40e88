import type { ChatStage } from '../chat-graph/chat-stage.ts';
import type { Remote } from '../processes/commands.ts';
import { openInspector } from '../processes/inspector.ts';
import { readUsage } from '../processes/process-usage.ts';
import { whenIdle } from '../processes/when-idle.ts';
import { median } from '../report/statistics.ts';
import type { AudienceCommands } from '../subscribers/audience-process.ts';
import { eventDifference } from './check-event.ts';
import { type LiveSide, ROOM, type RunningLiveSide } from './live-side.ts';
import { seatsFor } from './seats.ts';

/** One kind of round: how many messages at once, and for how long. */
export interface Pace {
  readonly burst: number;
  /** Rounds are played until this time is over, at least one; before, half as long without counting. */
  readonly durationMs: number;
}

/** A side with an audience at one pace. */
export interface PaceResult {
  readonly burst: number;
  readonly deliveriesPerSecond: number;
  /** Medians over the rounds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the side's process; of the subgraphs' too, as sharing also spares them. */
  readonly cpuMsPerDelivery: number;
  readonly subgraphCpuMsPerDelivery: number;
}

/** A side with an audience of one size. */
export interface LiveResult {
  readonly side: string;
  readonly subscribers: number;
  /** From the first connection until each had what was behind its cursor. */
  readonly openMs: number;
  /** Bytes of the process for each idle subscriber, after collecting garbage. */
  readonly bytesPerSubscriber: number;
  readonly paces: readonly PaceResult[];
}

/** What one measurement needs. */
export interface LiveMeasurement {
  readonly stage: ChatStage;
  readonly audience: Remote<AudienceCommands>;
  readonly subscribers: number;
  readonly paces: readonly Pace[];
}

async function playRound(audience: Remote<AudienceCommands>, running: RunningLiveSide, burst: number) {
  await audience.expect({ count: burst });
  const settled = audience.settled();
  settled.catch(() => undefined);
  await running.send(burst);
  return settled;
}

/** Plays rounds until the time is over. The next begins when everybody has everything. */
async function playFor(audience: Remote<AudienceCommands>, running: RunningLiveSide, burst: number, forMs: number) {
  const end = performance.now() + forMs;
  const results = [await playRound(audience, running, burst)];
  while (performance.now() < end) results.push(await playRound(audience, running, burst));
  return results;
}

async function play(
  { audience, stage, subscribers }: LiveMeasurement,
  running: RunningLiveSide,
  { burst, durationMs }: Pace,
): Promise<PaceResult> {
  await playFor(audience, running, burst, durationMs / 2);
  const cpu = () => [running.process.pid, stage.chat.pid].map((pid) => readUsage(pid).cpuMs);
  const [before = 0, chatBefore = 0] = cpu();
  const results = await playFor(audience, running, burst, durationMs);
  const [after = 0, chatAfter = 0] = cpu();
  const deliveries = subscribers * burst;
  return {
    burst,
    deliveriesPerSecond: median(results.map(({ elapsedMs }) => (deliveries / elapsedMs) * 1000)),
    p50Ms: median(results.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(results.map(({ p99Ms }) => p99Ms)),
    cpuMsPerDelivery: (after - before) / (deliveries * results.length),
    subgraphCpuMsPerDelivery: (chatAfter - chatBefore) / (deliveries * results.length),
  };
}

/** Measures one side with an audience of one size, in a fresh process. Nothing is left of it. */
export async function measureLive(side: LiveSide, measurement: LiveMeasurement): Promise<LiveResult> {
  const { stage, audience, subscribers, paces } = measurement;
  await using stack = new AsyncDisposableStack();
  const running = await side.start(stage);
  stack.defer(() => running.process.stop());
  const inspector = await openInspector(running.process.inspectorUrl ?? '');
  stack.defer(() => inspector.close());
  stack.defer(async () => void (await audience.close()));
  const head = await stage.chat.commands.head({ room: ROOM });
  const seats = await seatsFor(side, subscribers, head, stage.tokens);

  // A first, small audience: what is loaded and compiled once must not count as memory of the others.
  const port = Number(new URL(running.process.url).port);
  await audience.open({ port, seats: seats.slice(0, 20) });
  await playRound(audience, running, 1);
  const difference = eventDifference((await audience.sample()) ?? '{}');
  if (difference !== undefined) throw new Error(`a wrong event: ${difference}`);
  await audience.close();
  const sentSince = (await stage.chat.commands.head({ room: ROOM })) - head;
  const later = seats.map((seat) => (side.isGateway ? { ...seat, replayed: seat.replayed + sentSince } : seat));

  const empty = await inspector.sample();
  const started = performance.now();
  await audience.open({ port, seats: later });
  const openMs = performance.now() - started;
  await whenIdle([running.process.pid, stage.chat.pid]);
  const full = await inspector.sample();
  const results = [];
  for (const pace of paces) results.push(await play(measurement, running, pace));
  return {
    side: side.name,
    subscribers,
    openMs,
    bytesPerSubscriber: (full.rss - empty.rss) / subscribers,
    paces: results,
  };
}
