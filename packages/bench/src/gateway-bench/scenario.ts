import type { FeedOperation } from '../feed-graph/feed-operations.ts';

/** One thing that all sides are measured at. */
export interface Scenario {
  readonly operation: FeedOperation;
  readonly connections: number;
}

/** One side at one scenario in one round. Everything is seen from outside of the side's process. */
export interface Measurement {
  readonly requests: number;
  readonly wrong: number;
  readonly requestsPerSecond: number;
  /** Of the side's process, all its threads. */
  readonly cpuMsPerRequest: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly upstreamCallsPerRequest: number;
  /** Share of one core that each process kept busy: what is near 1 is what limits. */
  readonly busy: { readonly side: number; readonly subgraphs: number; readonly client: number };
}

/** A side's rounds at one scenario. */
export interface SideResult {
  readonly side: string;
  readonly rounds: readonly Measurement[];
  /** Why it isn't compared. */
  readonly disqualified?: string;
}

/** All sides at one scenario. */
export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly sides: readonly SideResult[];
}
