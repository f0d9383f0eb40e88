import { type Column, markdownTable } from '../report/markdown-table.ts';
import { byteText, countText } from '../report/number-text.ts';
import type { Flatness } from './flatness.ts';
import type { SoakResult } from './run-soak.ts';

interface Line extends Flatness {
  readonly memory: string;
}

const columns: readonly Column<Line>[] = [
  { heading: 'memory', cell: ({ memory }) => memory },
  { heading: 'median', align: 'right', cell: ({ median }) => byteText(median) },
  { heading: 'growth over the run', align: 'right', cell: ({ growth }) => byteText(growth) },
  { heading: 'allowed', align: 'right', cell: ({ allowed }) => byteText(allowed) },
  { heading: 'flat', cell: ({ isFlat }) => (isFlat ? 'yes' : '**no**') },
];

/** The result as Markdown. */
export function soakReport({ verdicts, samples, counts, restarts, reloads }: SoakResult): string {
  const minutes = samples.at(-1)?.minutes ?? 0;
  const { queries, mutations, subscriptions, events, refusals, failures } = counts;
  const lines = Object.entries(verdicts).map(([memory, flatness]) => ({ memory, ...flatness }));
  return [
    `${minutes.toFixed(1)} minutes, ${samples.length} samples: ${countText(queries)} queries, ${countText(mutations)} ` +
      `mutations, ${countText(subscriptions)} subscriptions with ${countText(events)} events, ` +
      `${restarts} subgraph restarts, ${reloads} schema reloads; ${countText(refusals)} invalid queries were refused, ` +
      `${countText(failures)} operations failed while subgraphs were away.`,
    markdownTable(columns, lines),
  ].join('\n\n');
}
