import fc from 'fast-check';
import type { Graph } from '../graphs.ts';
import type { Case } from '../harness.ts';
import { readGraphFacts } from '../world/graph-facts.ts';
import { operationChoices } from './operation-choices.ts';
import { writeOperation } from './write-operation.ts';

/** So many worlds; the smaller the seed, the better it can be told from others. */
const WORLDS = 50;

/** Random cases over a graph. */
export function cases(graph: Graph): fc.Arbitrary<Case> {
  const operations = operationChoices(graph.api, readGraphFacts(graph).temptingNames);
  return fc
    .record({ seed: fc.nat(WORLDS), faults: fc.constantFrom('none', 'errors', 'lies'), operation: operations })
    .map(({ seed, faults, operation }) => {
      const { query, variables, operationName } = writeOperation(graph.api, operation);
      return { seed, faults, query, variables, operationName };
    });
}
