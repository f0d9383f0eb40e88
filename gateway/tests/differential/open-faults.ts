import type { GraphName } from './graphs.ts';
import type { Case } from './harness.ts';

/** Random operations that may run into a fault of the gateway which isn't mended yet; its fixtures say `open`. */
interface OpenFault {
  /** What is wrong. */
  readonly fault: string;
  readonly graphs: readonly GraphName[];
  readonly mayConcern: (tried: Case) => boolean;
}

const SKIPS = /@skip|@include/;

/** To be emptied: what is in here is not compared. */
const OPEN_FAULTS: readonly OpenFault[] = [
  {
    fault: 'a field with requirements is asked for without them where its subgraph has the object at hand',
    graphs: ['shop'],
    mayConcern: ({ query }) => /\bhint\b/.test(query),
  },
  {
    fault: "fields of fragments at a mutation's root come first, and some twice",
    graphs: ['ledger'],
    mayConcern: ({ query }) => query.startsWith('mutation') && (query.includes('...') || SKIPS.test(query)),
  },
  {
    fault: "conditions: interface objects that can't be come back to are, and nothing may be left below a field",
    graphs: ['nodes', 'media', 'context'],
    mayConcern: ({ query }) => SKIPS.test(query),
  },
  {
    fault: "an interface object whose type can't be learned for an error is empty, not null",
    graphs: ['media', 'nodes'],
    mayConcern: ({ faults }) => faults === 'errors',
  },
  {
    fault: 'fragments on unions around or below interface objects are not planned',
    graphs: ['media', 'nodes'],
    mayConcern: ({ query }) => /on (Item|Found|Named|Owned) /.test(query),
  },
];

/** Whether a case is left out of what is compared. */
export const isLeftOut = (graph: string, tried: Case): boolean =>
  OPEN_FAULTS.some(({ graphs, mayConcern }) => graphs.some((name) => name === graph) && mayConcern(tried));
