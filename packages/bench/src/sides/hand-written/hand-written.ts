import { join } from 'node:path';
import { startProcess } from '../../processes/child-process.ts';
import type { Side } from '../side.ts';

/** A server written for these two queries alone. */
export const handWritten: Side = {
  name: 'hand-written',
  description: 'node:http, undici, JSON.parse, JSON.stringify, written for these two queries alone',
  start: ({ subgraphUrls }) =>
    startProcess({
      name: 'hand-written',
      args: [join(import.meta.dirname, 'hand-written-process.ts'), JSON.stringify(subgraphUrls)],
    }),
};
