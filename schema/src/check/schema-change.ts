import type { AcceptedChange } from './accepted-changes.ts';

/**
 * What a change does to those who use the graph as it was released: `breaking` makes something that works fail,
 * `dangerous` may surprise a client that doesn't expect it, `safe` nobody notices.
 */
export type Severity = 'breaking' | 'dangerous' | 'safe';

/** One difference between the released graph and the one at hand. */
export interface SchemaChange {
  readonly severity: Severity;
  /** Its kind, such as `FIELD_REMOVED`: GraphQL Inspector's, and those of `federation-changes.ts`. */
  readonly type: string;
  /** Where: a schema coordinate such as `User.email`, or `subgraph.Type(key)`. */
  readonly path: string;
  /** What changed, in plain words. */
  readonly message: string;
  /** Operations of the released clients that it touches. Others may be touched too: not every client is known. */
  readonly usedBy: readonly string[];
  /** Why it may break nevertheless; absent unless it is listed. */
  readonly accepted?: AcceptedChange;
}
