/** What the planner's thread is started with. */
export interface PlannerSettings {
  /** As composed; what planning needs mended is mended in the thread. */
  readonly supergraphSdl: string;
  /** Whether the supergraph is checked as a schema first. */
  readonly isValidated: boolean;
}

/** A subgraph of the supergraph. */
export interface SubgraphOfGraph {
  readonly name: string;
  readonly url: string;
}

/** What the thread found in the supergraph. */
export interface LoadedSupergraph {
  /** SDL of what clients see. */
  readonly apiSdl: string;
  readonly subgraphs: readonly SubgraphOfGraph[];
}

/** An operation to plan: canonical, printed. */
export interface PlanRequest {
  readonly id: number;
  readonly document: string;
  readonly operationName: string | undefined;
}

/** What the thread says. `loaded` comes before the planner is built, `ready` after. */
export type PlannerMessage =
  | ({ readonly type: 'loaded' } & LoadedSupergraph)
  | { readonly type: 'ready' }
  | { readonly type: 'refused'; readonly message: string }
  | { readonly type: 'planned'; readonly id: number; readonly plan: string }
  | { readonly type: 'failed'; readonly id: number; readonly message: string };
