import { join } from 'node:path';
import { startProcess } from '../processes/child-process.ts';
import { packageVersion } from '../report/package-version.ts';
import type { Side } from './side.ts';

/** What everybody starts with. */
export const stock: Side = {
  name: 'stock',
  description: `@apollo/gateway ${packageVersion('@apollo/gateway')} + @apollo/server ${packageVersion('@apollo/server')}, stand-alone`,
  start: ({ supergraphPath }) =>
    startProcess({ name: 'stock', args: [join(import.meta.dirname, 'stock-process.ts'), supergraphPath] }),
};
