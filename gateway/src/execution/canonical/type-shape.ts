import { type GraphQLOutputType, getNamedType, isLeafType, isListType, isNonNullType } from 'graphql';

/**
 * What must be equal for two fields to be answered under one name: nullability, lists, and the leaf type. Objects of
 * different types may share a name, as their own fields are judged one by one.
 */
export function shapeOf(type: GraphQLOutputType): string {
  if (isNonNullType(type)) return `${shapeOf(type.ofType)}!`;
  if (isListType(type)) return `[${shapeOf(type.ofType)}]`;
  return isLeafType(type) ? getNamedType(type).name : '{}';
}
