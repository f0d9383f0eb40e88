import type { FetchNode } from '@apollo/query-planner';
import {
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionSetNode,
  stripIgnoredCharacters,
} from 'graphql';

/** The operation of a fetch as a syntax tree. */
export function readFetch({ operation: text }: FetchNode): OperationDefinitionNode {
  const [operation] = parse(text, { noLocation: true }).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('a fetch of the plan has no operation');
  return operation;
}

/** An operation as a fetch has it. */
export const printFetch = (operation: OperationDefinitionNode): string => stripIgnoredCharacters(print(operation));

/** Where a fetch's answer begins: at its operation, or inside `_entities`. */
export function startOf(operation: OperationDefinitionNode, { requires }: FetchNode, schema: GraphQLSchema) {
  const type = schema.getRootType(operation.operation);
  const [first] = operation.selectionSet.selections;
  const set = requires && first?.kind === Kind.FIELD ? first.selectionSet : operation.selectionSet;
  if (!type || !set) throw new Error('a fetch of the plan selects nothing');
  return { type, set };
}

/** The operation with another selection where its answer begins. */
export function withStart(
  operation: OperationDefinitionNode,
  { requires }: FetchNode,
  set: SelectionSetNode,
): OperationDefinitionNode {
  const [first] = operation.selectionSet.selections;
  if (!requires || first?.kind !== Kind.FIELD) return { ...operation, selectionSet: set };
  return { ...operation, selectionSet: { ...operation.selectionSet, selections: [{ ...first, selectionSet: set }] } };
}
