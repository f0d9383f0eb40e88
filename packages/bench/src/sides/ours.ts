import { join } from 'node:path';
import { startProcess } from '../processes/child-process.ts';
import { repositoryRoot } from '../processes/paths.ts';
import type { Side } from './side.ts';

/** This repository's gateway, started as `npm run gateway` starts it, as its README says for any supergraph. */
export const ours: Side = {
  name: 'ours',
  description: 'this gateway, `GATEWAY_AUTH=off GATEWAY_LIMITS=off`',
  async start({ supergraphPath }) {
    const gateway = await startProcess({
      name: 'ours',
      args: [join(repositoryRoot, 'gateway', 'src', 'main.ts')],
      environment: { PORT: '0', SUPERGRAPH_PATH: supergraphPath, GATEWAY_AUTH: 'off', GATEWAY_LIMITS: 'off' },
    });
    return { ...gateway, url: `${gateway.url}/graphql` };
  },
};
