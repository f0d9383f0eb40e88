import { describe, expect, it } from 'vitest';
import { gatewayReport } from '../src/gateway-bench/gateway-report.ts';
import { type GatewayBenchResult, runGatewayBench } from '../src/gateway-bench/run-gateway-bench.ts';
import { startProcess } from '../src/processes/child-process.ts';
import { handWritten } from '../src/sides/hand-written/hand-written.ts';
import { ours } from '../src/sides/ours.ts';
import type { Side } from '../src/sides/side.ts';
import { stock } from '../src/sides/stock.ts';

/** A server that gives the same answer to everything. */
const liar: Side = {
  name: 'liar',
  description: 'answers wrongly',
  start: () =>
    startProcess({
      name: 'liar',
      args: [
        '--eval',
        `const server = require('node:http').createServer((_, response) => response.end('{"data":{"feed":null}}'));
         server.listen(0, '127.0.0.1', () =>
           process.send({ type: 'ready', url: 'http://127.0.0.1:' + server.address().port }));
         process.once('disconnect', () => process.exit());`,
      ],
    }),
};

const run = (sides: readonly Side[]) =>
  runGatewayBench({ sides, connections: [3], rounds: 2, durationMs: 100, warmUpMs: 50 });

const callsOf = ({ scenarios }: GatewayBenchResult, operation: string, side: string) =>
  scenarios
    .filter(({ scenario }) => scenario.operation.name === operation)
    .flatMap(({ sides }) => sides.filter((result) => result.side === side).flatMap(({ rounds }) => rounds))
    .map(({ upstreamCallsPerRequest }) => upstreamCallsPerRequest);

describe('the gateway benchmark', () => {
  it('measures every side at every scenario, all with right answers', async () => {
    const result = await run([stock, handWritten, ours]);

    const summary = result.scenarios.flatMap(({ scenario, sides }) =>
      sides.map(({ side, rounds, disqualified }) => ({
        what: `${side}, ${scenario.operation.name}, ${scenario.connections}`,
        rounds: rounds.length,
        disqualified,
      })),
    );
    expect(summary).toHaveLength(6);
    expect(summary.filter(({ rounds, disqualified }) => rounds !== 2 || disqualified !== undefined)).toEqual([]);
    // What makes the graph worth measuring with: the stock planner's 16 fetches can be 7.
    expect(new Set(callsOf(result, 'big', 'stock'))).toEqual(new Set([16]));
    expect(new Set(callsOf(result, 'big', 'hand-written'))).toEqual(new Set([7]));
    expect(new Set(callsOf(result, 'small', 'hand-written'))).toEqual(new Set([2]));
    expect(gatewayReport(result)).toMatch(/^\| hand-written +\| +\d+\.\d+ ms /m);
  }, 240_000);

  it('doesn’t compare a side that answers wrongly, and says where', async () => {
    const { scenarios } = await run([liar]);
    const [big] = scenarios;
    expect(big?.sides).toEqual([
      {
        side: 'liar',
        rounds: [],
        disqualified: expect.stringMatching(/^answer\.data\.feed is null, not \[\{"id":"p0"/),
      },
    ]);
  });
});
