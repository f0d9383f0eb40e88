import type { FetchNode } from '@apollo/query-planner';
import {
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';

/** Whether something holds for each field of a selection. */
export function everyField(
  schema: GraphQLSchema,
  type: GraphQLNamedType | undefined,
  set: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  holds: (typeName: string, fieldName: string) => boolean,
): boolean {
  return set.selections.every((selection) => {
    if (selection.kind === Kind.FIELD) {
      const name = selection.name.value;
      if (name.startsWith('__')) return true;
      const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
      // Of what isn't known nothing can be promised.
      if (!type || !field || !holds(type.name, name)) return false;
      const inside = selection.selectionSet;
      return !inside || everyField(schema, getNamedType(field.type), inside, fragments, holds);
    }
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
    const condition = fragment?.typeCondition?.name.value;
    const inner = condition === undefined ? type : schema.getType(condition);
    return fragment !== undefined && everyField(schema, inner, fragment.selectionSet, fragments, holds);
  });
}

/** The same for what a fetch asks its subgraph for, keys and inputs of others included. */
export function everyFetchedField(
  supergraph: GraphQLSchema,
  fetch: FetchNode,
  holds: (typeName: string, fieldName: string) => boolean,
): boolean {
  const [operation] = parse(fetch.operation, { noLocation: true }).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return false;
  const [first] = operation.selectionSet.selections;
  const set = fetch.requires && first?.kind === Kind.FIELD ? first.selectionSet : operation.selectionSet;
  const root = supergraph.getRootType(operation.operation) ?? undefined;
  return set !== undefined && everyField(supergraph, root, set, new Map(), holds);
}
