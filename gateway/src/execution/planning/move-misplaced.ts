import type { FetchNode, PlanNode, QueryPlanSelectionNode } from '@apollo/query-planner';
import {
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  print,
  type SelectionSetNode,
} from 'graphql';
import { printFetch, readFetch, startOf, withStart } from './fetch-operations.ts';
import type { MendedSupergraph } from './mend-supergraph.ts';
import { type MisplacedField, withoutMisplaced } from './misplaced-fields.ts';
import { type PlacedFetch, replaceFetches } from './plan-fetches.ts';
import { parseFieldSet } from './required-inputs.ts';

/** What moving needs to know of the supergraph. */
export interface MoveContext {
  readonly mended: MendedSupergraph;
  readonly schemaOf: (subgraph: string) => GraphQLSchema;
}

/** A fetch that asks for a field once more, where its requirements are there. */
interface Later {
  readonly misplaced: MisplacedField;
  readonly fetch: FetchNode;
}

const REPRESENTATIONS = 'representations';

/** Lists are gone through wherever they are. */
const fieldsOf = (path: readonly string[]): string[] => path.filter((element) => element !== '@');

const at = ({ fetch, path }: PlacedFetch): PlanNode =>
  path.length === 0 ? fetch : { kind: 'Flatten', path: [...path], node: fetch };

function selectionNodes({ selections }: SelectionSetNode): QueryPlanSelectionNode[] {
  return selections.flatMap((selection): QueryPlanSelectionNode[] => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [];
    const inside = selection.selectionSet ? { selections: selectionNodes(selection.selectionSet) } : {};
    if (selection.kind === Kind.FIELD) return [{ kind: 'Field', name: selection.name.value, ...inside }];
    const on = selection.typeCondition ? { typeCondition: selection.typeCondition.name.value } : {};
    return [{ kind: 'InlineFragment', ...on, selections: selectionNodes(selection.selectionSet) }];
  });
}

/** The fetch of one field by key and requirements. */
function fetchOf({ typeName, node, chained }: MisplacedField, from: FetchNode, operation: OperationDefinitionNode) {
  const inputs = selectionNodes(parseFieldSet(`__typename ${chained.key} ${chained.inputs}`));
  const others = (operation.variableDefinitions ?? []).filter(
    ({ variable }) => variable.name.value !== REPRESENTATIONS,
  );
  const definitions = [`$${REPRESENTATIONS}:[_Any!]!`, ...others.map(print)].join(' ');
  const selection = `_entities(representations:$${REPRESENTATIONS}){... on ${typeName}{${print(node)}}}`;
  const path = [`... on ${typeName}`, '__typename'];
  const fetch: FetchNode = {
    kind: 'Fetch',
    serviceName: from.serviceName,
    requires: [{ kind: 'InlineFragment', typeCondition: typeName, selections: inputs }],
    variableUsages: from.variableUsages ?? [],
    operation: `query(${definitions}){${selection}}`,
    operationName: undefined,
    operationKind: OperationTypeNode.QUERY,
    ...(chained.isInterface ? { inputRewrites: [{ kind: 'ValueSetter', path, setValueTo: typeName }] } : {}),
  };
  return fetch;
}

/** Whether a fetch sends what is at a path below its objects. */
function sends(nodes: readonly QueryPlanSelectionNode[], [first, ...rest]: readonly string[]): boolean {
  return nodes.some((node) => {
    if (node.kind === 'InlineFragment') return sends(node.selections, [first ?? '', ...rest]);
    return node.name === first && (rest.length === 0 || sends(node.selections ?? [], rest));
  });
}

/** Whether a fetch needs a field: as its input, or as the way to its objects. */
function isNeededBy({ path, responseName }: MisplacedField, { fetch, path: place }: PlacedFetch): boolean {
  const field = [...fieldsOf(path), responseName];
  const objects = fieldsOf(place);
  const shorter = Math.min(field.length, objects.length);
  if (field.slice(0, shorter).join('.') !== objects.slice(0, shorter).join('.')) return false;
  return objects.length >= field.length || sends(fetch.requires ?? [], field.slice(objects.length));
}

/** Takes misplaced fields out of all fetches. */
function takeOut(plan: PlanNode, { mended, schemaOf }: MoveContext): { readonly plan: PlanNode; later: Later[] } {
  const { chained, needs } = mended;
  const later: Later[] = [];
  const left = replaceFetches(plan, ({ fetch, path }) => {
    const operation = readFetch(fetch);
    const schema = schemaOf(fetch.serviceName);
    const start = startOf(operation, fetch, schema);
    const { selectionSet, found } = withoutMisplaced({ fetch, path, start, schema, chained, needs });
    if (found.length === 0) return fetch;
    for (const misplaced of found) later.push({ misplaced, fetch: fetchOf(misplaced, fetch, operation) });
    return { ...fetch, operation: printFetch(withStart(operation, fetch, selectionSet)) };
  });
  return { plan: left, later };
}

/** Puts a fetch before those that need what it asks for; at the end of the plan when none does. */
function putBack(plan: PlanNode, { misplaced, fetch }: Later): PlanNode {
  const put = at({ fetch, path: misplaced.path });
  let isPut = false;
  const changed = replaceFetches(plan, (placed) => {
    if (!isNeededBy(misplaced, placed)) return placed.fetch;
    isPut = true;
    return { kind: 'Sequence', nodes: [put, at(placed)] };
  });
  return isPut ? changed : { kind: 'Sequence', nodes: [plan, put] };
}

/**
 * Where a field that is required has requirements itself, and its subgraph is already at the object, the planner asks
 * for it at once, without what it requires: the value would be wrong. Here it is asked for by its own fetch, before those
 * that need it: what it requires was planned before them.
 */
export function moveMisplaced(plan: PlanNode, context: MoveContext): PlanNode {
  if (context.mended.chained.size === 0) return plan;
  const { plan: left, later } = takeOut(plan, context);
  return consumersFirst(later).reduce(putBack, left);
}

/** Whether what one fetch asks for is sent by another. */
const isInput = (one: Later, other: Later): boolean =>
  one !== other && isNeededBy(one.misplaced, { fetch: other.fetch, path: other.misplaced.path });

/** In a chain of such fields, who needs another is in the plan before that is put in front of it. */
function consumersFirst(later: readonly Later[]): Later[] {
  const [free, bound] = [true, false].map((wanted) =>
    later.filter((one) => later.every((other) => !isInput(one, other)) === wanted),
  );
  if (!free || !bound || free.length === 0) return [...later];
  return [...free, ...consumersFirst(bound)];
}
