import { MAX_PAGE_SIZE } from '@postbook/service-kit';
import { type FieldNode, Kind, type OperationDefinitionNode, type ValueNode } from 'graphql';

const SLICING_ARGUMENTS = new Set(['first', 'last']);

const asNumber = (value: ValueNode | undefined) => (value?.kind === Kind.INT ? Number(value.value) : undefined);

/** A variable counts as its default; without one it may be as much as the services give. */
function sizeOfValue(value: ValueNode, operation: OperationDefinitionNode): number | undefined {
  if (value.kind !== Kind.VARIABLE) return asNumber(value);
  const definition = operation.variableDefinitions?.find(({ variable }) => variable.name.value === value.name.value);
  return asNumber(definition?.defaultValue) ?? MAX_PAGE_SIZE;
}

/** The sizes that `first` and `last` of these fields ask for. */
export const askedSizes = (nodes: readonly FieldNode[], operation: OperationDefinitionNode): number[] =>
  nodes
    .flatMap((node) => node.arguments ?? [])
    .filter(({ name }) => SLICING_ARGUMENTS.has(name.value))
    .flatMap(({ value }) => sizeOfValue(value, operation) ?? []);
