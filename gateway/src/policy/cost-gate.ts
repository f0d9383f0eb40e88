import { type CostEstimate, type CostRules, createCostEstimator, MAX_PAGE_SIZE } from '@postbook/service-kit/edge';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Variables } from '../execution/prepared-operation.ts';

/** Estimates remembered for one operation: one for each set of lengths and conditions that its variables say. */
const REMEMBERED_PER_OPERATION = 32;
/** Nodes of variables that are looked at to recognise them; larger ones are estimated anew each time. */
const LARGEST_SHAPE = 200;

/** Estimates operations, remembering what it found as long as the document is kept. */
export type OperationCosting = (
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
) => CostEstimate;

/**
 * What of variables a cost can depend on: numbers and switches as they are, of everything else only whether and how much
 * of it there is. Undefined when there is too much to be worth it.
 */
function shapeOf(variables: Variables): string | undefined {
  let left = LARGEST_SHAPE;
  function shape(value: unknown): string {
    left -= 1;
    if (left < 0) return '';
    if (Array.isArray(value)) return `[${value.map(shape).join()}]`;
    if (typeof value === 'object' && value !== null) {
      return `{${Object.entries(value)
        .map(([name, inner]) => `${JSON.stringify(name)}:${shape(inner)}`)
        .join()}}`;
    }
    return typeof value === 'string' ? '$' : String(value);
  }
  const text = shape(variables);
  return left < 0 ? undefined : text;
}

/** Makes the costing of one supergraph. */
export function createOperationCosting(options: {
  readonly schema: GraphQLSchema;
  readonly rules: CostRules;
  readonly listSize: number;
  readonly pageSize: number;
}): OperationCosting {
  const estimate = createCostEstimator(options.schema, {
    rules: options.rules,
    lengths: { list: options.listSize, page: options.pageSize, unknownPage: MAX_PAGE_SIZE },
  });
  const known = new WeakMap<OperationDefinitionNode, LRUCache<string, CostEstimate>>();

  return (document, operation, variables) => {
    const shape = shapeOf(variables);
    const before = known.get(operation) ?? new LRUCache<string, CostEstimate>({ max: REMEMBERED_PER_OPERATION });
    known.set(operation, before);
    const remembered = shape === undefined ? undefined : before.get(shape);
    const found = remembered ?? estimate({ document, operation, variables });
    if (shape !== undefined && !remembered) before.set(shape, found);
    return found;
  };
}
