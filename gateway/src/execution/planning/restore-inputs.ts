import type { QueryPlanSelectionNode } from '@apollo/query-planner';
import { Kind, type OperationDefinitionNode, type SelectionNode, type SelectionSetNode } from 'graphql';
import { parseFieldSet, type Requirement } from './required-inputs.ts';

/** A field of `requires` that is elsewhere in the tree than the subgraph's name for it says. */
type RestoredField = QueryPlanSelectionNode & { readonly from?: string };

/** What a fetch selects, with real fields in the place of those that stand for required inputs. */
export function restoreSelection(
  set: SelectionSetNode,
  requirements: ReadonlyMap<string, Requirement>,
): SelectionSetNode {
  const restore = (selection: SelectionNode): SelectionNode => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return selection;
    const inside = selection.selectionSet
      ? { selectionSet: restoreSelection(selection.selectionSet, requirements) }
      : {};
    if (selection.kind === Kind.INLINE_FRAGMENT) return { ...selection, ...inside } as SelectionNode;
    const requirement = requirements.get(selection.name.value);
    if (!requirement) return { ...selection, ...inside };
    const [real] = parseFieldSet(`${requirement.field}(${requirement.arguments})`).selections;
    if (real?.kind !== Kind.FIELD) throw new Error('a required input is no field');
    const alias = selection.alias ?? selection.name;
    return { ...selection, ...inside, alias, name: real.name, arguments: real.arguments ?? [] };
  };
  return { ...set, selections: set.selections.map(restore) };
}

/** The same for an operation. */
export const restoreOperation = (
  operation: OperationDefinitionNode,
  requirements: ReadonlyMap<string, Requirement>,
): OperationDefinitionNode => ({
  ...operation,
  selectionSet: restoreSelection(operation.selectionSet, requirements),
});

/** What a fetch sends, under the names that the subgraph knows. */
export function restoreRequires(
  nodes: readonly QueryPlanSelectionNode[],
  requirements: ReadonlyMap<string, Requirement>,
): QueryPlanSelectionNode[] {
  return nodes.map((node): RestoredField => {
    const inside = node.selections ? { selections: restoreRequires(node.selections, requirements) } : {};
    if (node.kind === 'InlineFragment') return { ...node, ...inside } as QueryPlanSelectionNode;
    const requirement = requirements.get(node.name);
    return requirement ? { ...node, ...inside, name: requirement.field, from: node.name } : { ...node, ...inside };
  });
}
