import { serveCommands } from '../processes/commands.ts';
import { startFeedServer } from './feed-server.ts';
import { feedSubgraphs } from './feed-subgraphs.ts';
import { composeSupergraph } from './feed-supergraph.ts';

/** The four subgraphs in one process, so that a gateway has a core of its own. */

let calls = 0;
const running = await Promise.all(
  feedSubgraphs.map(async (subgraph) => {
    const onCall = () => {
      calls += 1;
    };
    const url = await startFeedServer(subgraph, { onCall });
    return { ...subgraph, url };
  }),
);

const commands = {
  /** Where the subgraphs are, and their supergraph. */
  graph: () => ({
    urls: Object.fromEntries(running.map(({ name, url }) => [name, url])),
    supergraph: composeSupergraph(running),
  }),
  /** Calls of all subgraphs since the last time this was asked. */
  takeCalls() {
    const taken = calls;
    calls = 0;
    return taken;
  },
};

/** What the process of the subgraphs can be told. */
export type FeedCommands = typeof commands;

serveCommands(commands, running[0]?.url ?? '');
