import { feedOperations } from '../feed-graph/feed-operations.ts';
import { createReference } from '../feed-graph/feed-reference.ts';
import { readUsage } from '../processes/process-usage.ts';
import { say } from '../report/say.ts';
import type { Side } from '../sides/side.ts';
import { type BenchStage, setStage, startOn } from './bench-stage.ts';
import type { AnswerVerdict } from './check-answers.ts';
import { compareSide, measureSide } from './measure.ts';
import type { Measurement, Scenario, ScenarioResult } from './scenario.ts';

/** What is measured and for how long. */
export interface GatewayBenchOptions {
  readonly sides: readonly Side[];
  readonly connections: readonly number[];
  readonly rounds: number;
  /** Of one side at one scenario in one round. */
  readonly durationMs: number;
  /** Of one side at one scenario before the first round: code is compiled, plans are cached, pools are filled. */
  readonly warmUpMs: number;
}

/** What came of it. */
export interface GatewayBenchResult {
  readonly scenarios: readonly ScenarioResult[];
  /** Bytes of memory of each side at the end, by name. */
  readonly memory: ReadonlyMap<string, number>;
}

/** A side that runs, and how its answers to each operation compare. */
interface Contestant {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  readonly verdicts: ReadonlyMap<string, AnswerVerdict>;
}

/** Starts all sides; they stay up to the end, so that rounds can go from one to the next and back. */
async function startContestants(sides: readonly Side[], stage: BenchStage, stack: AsyncDisposableStack) {
  const reference = createReference();
  const contestants: Contestant[] = [];
  for (const side of sides) {
    say(`starting ${side.name}`);
    const { url, pid } = await startOn(stack, side.start(stage.graph));
    const verdicts = new Map<string, AnswerVerdict>();
    for (const operation of feedOperations) {
      const verdict = await compareSide({ url, pid }, operation, reference);
      if (!verdict.isEqual) say(`${side.name} answers the ${operation.name} query wrongly: ${verdict.difference}`);
      verdicts.set(operation.name, verdict);
    }
    contestants.push({ name: side.name, url, pid, verdicts });
  }
  return contestants;
}

/** The sides in another order each round, so that none is always measured after the same neighbour. */
const rotated = <T>(all: readonly T[], by: number) => all.map((_, index) => all[(index + by) % all.length] as T);

async function runScenario(
  scenario: Scenario,
  contestants: readonly Contestant[],
  stage: BenchStage,
  { rounds, durationMs, warmUpMs }: GatewayBenchOptions,
): Promise<ScenarioResult> {
  const { operation, connections } = scenario;
  const results = new Map<string, Measurement[]>(contestants.map(({ name }) => [name, []]));
  const fit = contestants.filter(({ verdicts }) => verdicts.get(operation.name)?.isEqual);
  const measure = (contestant: Contestant, forMs: number) => {
    const verdict = contestant.verdicts.get(operation.name);
    const padding = verdict?.isEqual ? verdict.padding : 0;
    return measureSide(stage, contestant, scenario, { durationMs: forMs, padding });
  };
  for (const contestant of fit) await measure(contestant, warmUpMs);
  for (let round = 0; round < rounds; round += 1) {
    say(`${operation.name} query, ${connections} connection(s): round ${round + 1} of ${rounds}`);
    for (const contestant of rotated(fit, round)) {
      results.get(contestant.name)?.push(await measure(contestant, durationMs));
    }
  }
  const sides = contestants.map(({ name, verdicts }) => {
    const verdict = verdicts.get(operation.name);
    const own = results.get(name) ?? [];
    const wrong = own.reduce((sum, measurement) => sum + measurement.wrong, 0);
    if (verdict && !verdict.isEqual) return { side: name, rounds: [], disqualified: verdict.difference };
    if (wrong > 0) return { side: name, rounds: own, disqualified: `${wrong} wrong answers under load` };
    return { side: name, rounds: own };
  });
  return { scenario, sides };
}

/** Runs the benchmark: every side at every scenario, interleaved. Leaves no process behind, however it ends. */
export async function runGatewayBench(options: GatewayBenchOptions): Promise<GatewayBenchResult> {
  await using stack = new AsyncDisposableStack();
  const stage = await setStage(stack);
  const contestants = await startContestants(options.sides, stage, stack);
  const scenarios: ScenarioResult[] = [];
  for (const operation of feedOperations) {
    for (const connections of options.connections) {
      scenarios.push(await runScenario({ operation, connections }, contestants, stage, options));
    }
  }
  return { scenarios, memory: new Map(contestants.map(({ name, pid }) => [name, readUsage(pid).rss])) };
}
