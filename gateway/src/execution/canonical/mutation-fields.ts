import { Kind, type SelectionNode } from 'graphql';

/** Two selections of one field as one. */
function merge(first: SelectionNode, second: SelectionNode): SelectionNode {
  if (first.kind !== Kind.FIELD || second.kind !== Kind.FIELD) return first;
  if (!first.selectionSet || !second.selectionSet) return first;
  const selections = [...first.selectionSet.selections, ...second.selectionSet.selections];
  return { ...first, selectionSet: { ...first.selectionSet, selections } };
}

/**
 * Makes one of the fields of a mutation that have one name, in the place of the first: each runs once, in the order of
 * the operation. The planner keeps neither where some of them are in fragments. Fields behind a condition stay alone, as
 * only one that always runs can stand for others.
 */
export function mergeByName(selections: readonly SelectionNode[]): SelectionNode[] {
  const merged = new Map<string | SelectionNode, SelectionNode>();
  for (const selection of selections) {
    const isOpen = selection.kind !== Kind.FIELD || (selection.directives ?? []).length > 0;
    const name = isOpen ? selection : (selection.alias ?? selection.name).value;
    const known = merged.get(name);
    merged.set(name, known ? merge(known, selection) : selection);
  }
  return [...merged.values()];
}
