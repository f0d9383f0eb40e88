import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { graphsOf, isMarked, keyFieldsOf } from './supergraph-fields.ts';

/** The directive that says that whoever may see a field sees the same. */
const SEEN_ALIKE = 'seenAlike';

/**
 * Whether all who may see a field of the supergraph see the same in it. Besides the marked ones these are keys, as a thing
 * is the same thing for everybody, and `__typename`. A mark on a type counts only where one subgraph alone has the type: it
 * was set by somebody who knew all of its fields.
 */
export function isFieldSeenAlike(type: GraphQLNamedType, field: GraphQLField<unknown, unknown>): boolean {
  if (field.name === '__typename' || isMarked(field.astNode, SEEN_ALIKE)) return true;
  if (!isObjectType(type) && !isInterfaceType(type)) return false;
  if (keyFieldsOf(type).has(field.name)) return true;
  return isMarked(type.astNode, SEEN_ALIKE) && graphsOf(type).size === 1;
}

/** The same by names, for the executor. A field that isn't in the supergraph is not seen alike. */
export function seenAlikeIn(supergraph: GraphQLSchema): (typeName: string, fieldName: string) => boolean {
  return (typeName, fieldName) => {
    if (fieldName === '__typename') return true;
    const type = supergraph.getType(typeName);
    if (!isObjectType(type) && !isInterfaceType(type)) return false;
    const field = type.getFields()[fieldName];
    return field !== undefined && isFieldSeenAlike(type, field);
  };
}

/**
 * Whether everything that one fetch of a plan asks of its subgraph is seen alike. What can't be told isn't.
 *
 * @param supergraph with the syntax tree that it was built from.
 */
export function isFetchSeenAlike(supergraph: GraphQLSchema, query: string): boolean {
  const types = new TypeInfo(supergraph);
  let isAlike = true;
  visit(
    parse(query, { noLocation: true }),
    visitWithTypeInfo(types, {
      [Kind.FIELD](node) {
        if (node.name.value === '__typename') return;
        const type = types.getParentType();
        const field = types.getFieldDef();
        if (!type || !field || !isFieldSeenAlike(type, field)) isAlike = false;
      },
    }),
  );
  return isAlike;
}
