import type { RunningProcess } from '../processes/child-process.ts';

/** The graph that all sides serve. */
export interface ServedGraph {
  /** File of the supergraph. */
  readonly supergraphPath: string;
  /** Where each subgraph answers. */
  readonly subgraphUrls: Readonly<Record<string, string>>;
}

/** Something that is measured. */
export interface Side {
  readonly name: string;
  /** For the report: package and version, or what it is. */
  readonly description: string;
  /** Starts it in a process of its own, over the graph. Its `url` is where GraphQL answers. */
  start(graph: ServedGraph): Promise<RunningProcess>;
}
