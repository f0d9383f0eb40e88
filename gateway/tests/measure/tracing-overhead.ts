import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startTraceReceiver } from '@postbook/testkit';
import { startTestGraph } from '../fixture/test-graph.ts';

// What tracing costs: two gateways over the same subgraphs, one of them traced, asked in turns. Prints CPU per request of
// both and their ratio. `node tests/measure/tracing-overhead.ts` in gateway/.

const ROUNDS = 5;
const REQUESTS_A_ROUND = 400;
const AT_ONCE = 20;
const QUERY = JSON.stringify({ query: 'query Q { message(id: "1") { text sender { displayName status } } online }' });

const graph = await startTestGraph();
const receiver = await startTraceReceiver();

async function startGateway(extra: Record<string, string>): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(join(import.meta.dirname, '..', '..', 'src', 'main.ts'), {
    env: {
      ...process.env,
      PORT: '0',
      GATEWAY_AUTH: 'off',
      LOG_LEVEL: 'warn',
      SUPERGRAPH_PATH: graph.supergraphPath,
      ...extra,
    },
  });
  const [{ url }] = await once(child, 'message');
  return { child, url };
}

async function cpuSeconds(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(text.match(/^process_cpu_seconds_total\{[^}]*\} (\S+)/m)?.[1]);
}

async function ask(url: string): Promise<void> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: QUERY,
  });
  const { errors } = (await response.json()) as { errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
}

/** Milliseconds of the gateway's CPU for one request. */
async function measure(url: string): Promise<number> {
  const before = await cpuSeconds(url);
  let left = REQUESTS_A_ROUND;
  const work = async () => {
    while (left-- > 0) await ask(url);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return ((await cpuSeconds(url)) - before) * (1_000 / REQUESTS_A_ROUND);
}

const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

const off = await startGateway({});
const on = await startGateway({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint });
await measure(off.url);
await measure(on.url);
const rounds: { off: number; on: number }[] = [];
for (let round = 0; round < ROUNDS; round++) rounds.push({ off: await measure(off.url), on: await measure(on.url) });
const [offMs, onMs] = [median(rounds.map((round) => round.off)), median(rounds.map((round) => round.on))];
process.stdout.write(
  `CPU per request: ${offMs.toFixed(3)} ms untraced, ${onMs.toFixed(3)} ms traced, ratio ${(onMs / offMs).toFixed(2)}; ` +
    `${receiver.spans.length} spans received\n`,
);

for (const { child } of [off, on]) child.kill('SIGTERM');
await Promise.all([off, on].map(({ child }) => once(child, 'exit')));
await graph.stop();
await receiver.stop();
process.exit(0);
