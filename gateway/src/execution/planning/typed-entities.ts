import {
  type FieldNode,
  type GraphQLSchema,
  isInterfaceType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

const isTypename = (selection: SelectionNode): boolean =>
  selection.kind === Kind.FIELD && selection.name.value === '__typename' && !selection.alias;

function typed(set: SelectionSetNode, schema: GraphQLSchema): SelectionSetNode {
  const selections = set.selections.map((selection): SelectionNode => {
    if (selection.kind !== Kind.INLINE_FRAGMENT) return selection;
    const condition = selection.typeCondition?.name.value;
    const isOpen = condition !== undefined && isInterfaceType(schema.getType(condition));
    const { selectionSet } = selection;
    if (!isOpen || selectionSet.selections.some(isTypename)) return selection;
    return { ...selection, selectionSet: { ...selectionSet, selections: [TYPENAME, ...selectionSet.selections] } };
  });
  return { ...set, selections };
}

/**
 * Asks for the types of entities that are fetched as an interface: a subgraph which knows the interface as an object
 * couldn't tell, and what may be null depends on the type.
 */
export function withEntityTypes(operation: OperationDefinitionNode, schema: GraphQLSchema): OperationDefinitionNode {
  const [entities] = operation.selectionSet.selections;
  if (entities?.kind !== Kind.FIELD || !entities.selectionSet) return operation;
  const selections = [{ ...entities, selectionSet: typed(entities.selectionSet, schema) }];
  return { ...operation, selectionSet: { ...operation.selectionSet, selections } };
}
