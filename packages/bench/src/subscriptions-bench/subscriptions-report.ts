import { type Column, markdownTable } from '../report/markdown-table.ts';
import { byteText, countText, msText, ratioText, usText } from '../report/number-text.ts';
import { median } from '../report/statistics.ts';
import type { LiveResult, PaceResult } from './measure-live.ts';
import type { SubscriptionsBenchResult } from './run-subscriptions-bench.ts';

/** The side that all others are compared with. */
const BASE = 'ours';

/** One line of the table: a side, a size and a burst, over all passes. */
interface Line {
  readonly side: string;
  readonly passes: readonly LiveResult[];
  readonly paces: readonly PaceResult[];
}

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];

function linesOf(results: readonly LiveResult[], burst: number): Line[] {
  return distinct(results.map(({ side }) => side)).map((side) => {
    const passes = results.filter((result) => result.side === side);
    return { side, passes, paces: passes.flatMap(({ paces }) => paces.filter((pace) => pace.burst === burst)) };
  });
}

const middle = ({ paces }: Line, of: (pace: PaceResult) => number) => median(paces.map(of));

function columnsFor(base: Line | undefined): Column<Line>[] {
  const right = (heading: string, cell: (line: Line) => string): Column<Line> => ({ heading, align: 'right', cell });
  const ratio = (line: Line, of: (pace: PaceResult) => number) =>
    base ? ratioText(middle(line, of) / middle(base, of)) : '–';
  return [
    { heading: 'side', cell: ({ side }) => side },
    right('deliveries / s', (line) => countText(middle(line, (it) => it.deliveriesPerSecond))),
    right(`${BASE} = 1`, (line) => ratio(line, (it) => it.deliveriesPerSecond)),
    right('p50', (line) => msText(middle(line, (it) => it.p50Ms))),
    right('p99', (line) => msText(middle(line, (it) => it.p99Ms))),
    right('CPU / delivery', (line) => usText(middle(line, (it) => it.cpuMsPerDelivery))),
    right(`CPU, ${BASE} = 1`, (line) => ratio(line, (it) => it.cpuMsPerDelivery)),
    right('of subgraphs', (line) => usText(middle(line, (it) => it.subgraphCpuMsPerDelivery))),
    right('memory / subscriber', ({ passes }) => byteText(median(passes.map((it) => it.bytesPerSubscriber)))),
    right('ready after', ({ passes }) => msText(median(passes.map((it) => it.openMs)))),
  ];
}

/** The whole result as Markdown: a table for each size and burst. Figures are medians over passes. */
export function subscriptionsReport({ results, failures }: SubscriptionsBenchResult): string {
  const sections = distinct(results.map(({ subscribers }) => subscribers)).flatMap((subscribers) => {
    const own = results.filter((result) => result.subscribers === subscribers);
    const bursts = distinct(own.flatMap(({ paces }) => paces.map(({ burst }) => burst)));
    return bursts.map((burst) => {
      const lines = linesOf(own, burst);
      const base = lines.find(({ side }) => side === BASE);
      const title = `### ${countText(subscribers)} subscribers, ${burst === 1 ? 'one message' : `bursts of ${burst}`}`;
      return `${title}\n\n${markdownTable(columnsFor(base), lines)}`;
    });
  });
  const failed = failures.map(
    ({ side, subscribers, reason }) => `- ${side} failed with ${countText(subscribers)} subscribers: ${reason}`,
  );
  return [...sections, ...(failed.length > 0 ? [failed.join('\n')] : [])].join('\n\n');
}
