import { join } from 'node:path';
import { freePort, startProcess } from '../processes/child-process.ts';
import { rivalsRoot, rivalVersion } from './rival-install.ts';
import type { Side } from './side.ts';

/** Hive Gateway's command. */
export const hiveProgram: string = join(rivalsRoot, 'node_modules', '@graphql-hive', 'gateway', 'dist', 'bin.js');

const hive = (name: string, description: string, flags: readonly string[]): Side => ({
  name,
  description,
  async start({ supergraphPath }) {
    const port = String(await freePort());
    return startProcess({
      name,
      args: [hiveProgram, 'supergraph', supergraphPath, '--host', '127.0.0.1', '--port', port, ...flags],
      graphqlUrl: `http://127.0.0.1:${port}/graphql`,
    });
  },
});

const version = `@graphql-hive/gateway ${rivalVersion('@graphql-hive/gateway')}`;

/** Hive Gateway as it comes, and with the planner and executor of Hive Router, which is written in Rust. */
export const hiveSides: readonly Side[] = [
  hive('hive', version, []),
  hive(
    'hive-rust',
    `${version} --hive-router-runtime (@graphql-hive/router-runtime ${rivalVersion('@graphql-hive/router-runtime')})`,
    ['--hive-router-runtime'],
  ),
];
