import { feedOperations } from '../feed-graph/feed-operations.ts';
import { createReference } from '../feed-graph/feed-reference.ts';
import { serveCommands } from '../processes/commands.ts';
import { percentile } from '../report/statistics.ts';
import { runHttpLoad } from './http-load.ts';

/** The client of the gateway benchmark, in a process of its own so that its work is nobody else's. */

const reference = createReference();

/** Bodies of every variation of each operation, and how long the right answers are. */
const prepared = new Map(
  feedOperations.map(({ name, query, variations, variables }) => {
    const all = Array.from({ length: variations }, (_, variation) => variables(variation));
    return [
      name,
      {
        bodies: all.map((each) => JSON.stringify({ query, variables: each })),
        sizes: all.map((each) => Buffer.byteLength(JSON.stringify(reference(query, each)))),
        next: 0,
      },
    ];
  }),
);

/** One measurement. */
export interface HttpRun {
  readonly url: string;
  readonly operation: 'big' | 'small';
  readonly connections: number;
  readonly durationMs: number;
  /** Bytes that this side adds to every answer, such as a line's end. */
  readonly padding: number;
}

const commands = {
  async run({ url, operation, connections, durationMs, padding }: HttpRun) {
    const load = prepared.get(operation);
    if (!load) throw new Error(`no operation ${operation}`);
    const sizes = load.sizes.map((size) => size + padding);
    const result = await runHttpLoad({ url, bodies: load.bodies, sizes, first: load.next, connections, durationMs });
    load.next += result.requests;
    const { requests, wrong, elapsedMs, latenciesMs } = result;
    return { requests, wrong, elapsedMs, p50: percentile(latenciesMs, 0.5), p99: percentile(latenciesMs, 0.99) };
  },
};

/** What the load's process can be told. */
export type HttpLoadCommands = typeof commands;

serveCommands(commands, '');
