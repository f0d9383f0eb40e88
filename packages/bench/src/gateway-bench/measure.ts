import type { FeedOperation } from '../feed-graph/feed-operations.ts';
import { readUsage } from '../processes/process-usage.ts';
import type { BenchStage } from './bench-stage.ts';
import { type AnswerVerdict, checkAnswers } from './check-answers.ts';
import type { Measurement, Scenario } from './scenario.ts';

/** Answers of each side that are compared before it is measured. */
const COMPARED = 12;

/** A side that runs. */
export interface MeasuredSide {
  readonly url: string;
  readonly pid: number;
}

/** Holds a side's answers to an operation against the reference. */
export async function compareSide(
  side: MeasuredSide,
  { query, variables, variations }: FeedOperation,
  reference: (query: string, variables: Readonly<Record<string, unknown>>) => unknown,
): Promise<AnswerVerdict> {
  const chosen = Array.from({ length: COMPARED }, (_, at) => variables(Math.floor((at * variations) / COMPARED)));
  const answers = chosen.map(async (each) => {
    const response = await fetch(side.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ query, variables: each }),
    });
    return { text: await response.text(), expected: reference(query, each) };
  });
  return checkAnswers(await Promise.all(answers));
}

/** Lets the client ask one side for a while. */
export async function measureSide(
  stage: BenchStage,
  side: MeasuredSide,
  { operation, connections }: Scenario,
  options: { readonly durationMs: number; readonly padding: number },
): Promise<Measurement> {
  const { subgraphs, client } = stage;
  const pids = [side.pid, subgraphs.pid, client.pid] as const;
  await subgraphs.commands.takeCalls();
  const before = pids.map((pid) => readUsage(pid).cpuMs);
  const run = await client.commands.run({ url: side.url, operation: operation.name, connections, ...options });
  const used = pids.map((pid, index) => readUsage(pid).cpuMs - (before[index] ?? 0));
  const calls = await subgraphs.commands.takeCalls();
  const [sideMs = 0, subgraphsMs = 0, clientMs = 0] = used;
  const { requests, wrong, elapsedMs, p50, p99 } = run;
  return {
    requests,
    wrong,
    requestsPerSecond: (requests / elapsedMs) * 1000,
    cpuMsPerRequest: sideMs / requests,
    p50Ms: p50,
    p99Ms: p99,
    upstreamCallsPerRequest: calls / requests,
    busy: { side: sideMs / elapsedMs, subgraphs: subgraphsMs / elapsedMs, client: clientMs / elapsedMs },
  };
}
