import { type Column, markdownTable } from '../report/markdown-table.ts';
import { byteText, msText, percentText, ratioText } from '../report/number-text.ts';
import { median } from '../report/statistics.ts';
import type { GatewayBenchResult } from './run-gateway-bench.ts';
import type { Measurement, ScenarioResult, SideResult } from './scenario.ts';

/** The side that all others are compared with. */
const BASE = 'ours';

const middle = (rounds: readonly Measurement[], of: (measurement: Measurement) => number) => median(rounds.map(of));

/** How many times the CPU of the base a side took: the median of the rounds' ratios, each within one round. */
export function cpuRatio(side: SideResult, base: SideResult | undefined): number {
  return median(
    side.rounds.flatMap(({ cpuMsPerRequest }, round) => {
      const other = base?.rounds[round]?.cpuMsPerRequest;
      return other ? [cpuMsPerRequest / other] : [];
    }),
  );
}

function columnsFor(base: SideResult | undefined, memory: ReadonlyMap<string, number>): Column<SideResult>[] {
  const right = (heading: string, cell: (side: SideResult) => string): Column<SideResult> => ({
    heading,
    align: 'right',
    cell: (side) => (side.rounds.length === 0 ? '–' : cell(side)),
  });
  return [
    { heading: 'side', cell: ({ side }) => side },
    right('CPU / request', ({ rounds }) => msText(middle(rounds, (it) => it.cpuMsPerRequest))),
    right(`CPU, ${BASE} = 1`, (side) => ratioText(cpuRatio(side, base))),
    right('requests / s', ({ rounds }) => middle(rounds, (it) => it.requestsPerSecond).toFixed(0)),
    right('p50', ({ rounds }) => msText(middle(rounds, (it) => it.p50Ms))),
    right('p99', ({ rounds }) => msText(middle(rounds, (it) => it.p99Ms))),
    right('upstream calls', ({ rounds }) => middle(rounds, (it) => it.upstreamCallsPerRequest).toFixed(1)),
    right('memory', ({ side }) => byteText(memory.get(side) ?? Number.NaN)),
    right('busy: side, subgraphs, client', ({ rounds }) =>
      [
        percentText(middle(rounds, (it) => it.busy.side)),
        percentText(middle(rounds, (it) => it.busy.subgraphs)),
        percentText(middle(rounds, (it) => it.busy.client)),
      ].join(' '),
    ),
  ];
}

function scenarioReport({ scenario, sides }: ScenarioResult, memory: ReadonlyMap<string, number>): string {
  const { operation, connections } = scenario;
  const base = sides.find(({ side }) => side === BASE);
  const out = sides.flatMap(({ side, disqualified }) => (disqualified ? [`- ${side} is out: ${disqualified}`] : []));
  return [
    `### ${operation.name} query, ${connections} connection${connections === 1 ? '' : 's'}`,
    `${operation.description[0]?.toUpperCase()}${operation.description.slice(1)}.`,
    markdownTable(columnsFor(base, memory), sides),
    ...(out.length > 0 ? [out.join('\n')] : []),
  ].join('\n\n');
}

/** The whole result as Markdown. Figures are medians over the rounds. */
export const gatewayReport = ({ scenarios, memory }: GatewayBenchResult): string =>
  scenarios.map((scenario) => scenarioReport(scenario, memory)).join('\n\n');
