import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getOperationAST,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';

/**
 * The operation to run and the fragments beside it.
 *
 * @throws when there is no such operation: the document was to be checked before.
 */
export function operationOf(document: DocumentNode, operationName: string | undefined) {
  const operation = getOperationAST(document, operationName);
  if (!operation) throw new Error('the document has no such operation');
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  return { operation, fragments };
}

/** The type that an operation starts from. */
export function rootTypeOf(schema: GraphQLSchema, { operation }: OperationDefinitionNode): GraphQLObjectType {
  const type = schema.getRootType(operation);
  if (!type) throw new Error(`the schema has no ${operation} type`);
  return type;
}

/** The definition of a field that is no introspection. The document was validated, so it is there. */
export function fieldDefinition(parent: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> {
  const field = isUnionType(parent) ? undefined : parent.getFields()[name];
  if (!field) throw new Error(`${parent.name} has no field ${name}: the document was not validated`);
  return field;
}
