import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '@postbook/service-kit';
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  typeFromAST,
  type ValueNode,
} from 'graphql';

/** What one object costs, whatever is asked of it. Leaves cost nothing. */
export const OBJECT_COST = 1;
/** What a mutation costs before anything is selected of its payload. */
export const MUTATION_COST = 10;
/** How long a list without `first` and `last` is taken to be. */
export const ASSUMED_LIST_SIZE = 10;

/** Fields of a connection whose length `first` and `last` set. */
const SIZED_FIELDS = new Set(['nodes', 'edges']);
const SLICING_ARGUMENTS = ['first', 'last'] as const;

interface Connection {
  readonly size: number;
}

const isConnection = (field: GraphQLField<unknown, unknown>) =>
  SLICING_ARGUMENTS.some((name) => field.args.some((argument) => argument.name === name));

/** What an operation costs at the most, by the static rules of the cost directives (see docs/schema.md). */
export function costOf(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }

  /** The fields that are selected of an object of this very type. */
  function fieldsOf(type: GraphQLObjectType, set: SelectionSetNode): FieldNode[] {
    return set.selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [selection];
      const part = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
      const condition = part?.typeCondition ? typeFromAST(schema, part.typeCondition) : type;
      const applies = condition === type || (isAbstractType(condition) && schema.isSubType(condition, type));
      return part && applies ? fieldsOf(type, part.selectionSet) : [];
    });
  }

  function fieldCost(parent: GraphQLObjectType, nodes: readonly FieldNode[], within: Connection | undefined): number {
    const field = parent.getFields()[nodes[0]?.name.value ?? ''];
    const type = field && getNamedType(field.type);
    if (!field || !isCompositeType(type)) return 0;
    const connection = isConnection(field) ? { size: pageSize(nodes, operation) } : undefined;
    const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    const weight = parent === schema.getMutationType() ? MUTATION_COST : OBJECT_COST;
    return lengthOf(field, within) * (weight + selectionCost(type, sets, connection));
  }

  function objectCost(type: GraphQLObjectType, sets: readonly SelectionSetNode[], within: Connection | undefined) {
    const fields = sets.flatMap((set) => fieldsOf(type, set));
    const byResponseName = Map.groupBy(fields, ({ alias, name }) => (alias ?? name).value);
    return [...byResponseName.values()].reduce((sum, nodes) => sum + fieldCost(type, nodes, within), 0);
  }

  /** Of an interface or union the dearest type counts: it may be the one that comes. */
  function selectionCost(type: GraphQLCompositeType, sets: readonly SelectionSetNode[], within?: Connection): number {
    const types = isObjectType(type) ? [type] : schema.getPossibleTypes(type);
    return Math.max(0, ...types.map((possible) => objectCost(possible, sets, within)));
  }

  const root = schema.getRootType(operation.operation);
  return root ? selectionCost(root, [operation.selectionSet]) : 0;
}

/** How many objects a field gives: as many as the page has within a connection, a guess for other lists, else one. */
function lengthOf(field: GraphQLField<unknown, unknown>, within: Connection | undefined): number {
  if (!isListType(getNullableType(field.type))) return 1;
  return within && SIZED_FIELDS.has(field.name) ? within.size : ASSUMED_LIST_SIZE;
}

const asNumber = (value: ValueNode | undefined) => (value?.kind === Kind.INT ? Number(value.value) : undefined);

/** A variable counts as its default; without one it may be as much as the services give. */
function sizeOfValue(value: ValueNode, operation: OperationDefinitionNode): number | undefined {
  if (value.kind !== Kind.VARIABLE) return asNumber(value);
  const definition = operation.variableDefinitions?.find(({ variable }) => variable.name.value === value.name.value);
  return asNumber(definition?.defaultValue) ?? MAX_PAGE_SIZE;
}

/** The sizes that `first` and `last` of these fields ask for. */
export function askedSizes(nodes: readonly FieldNode[], operation: OperationDefinitionNode): number[] {
  const slices = nodes
    .flatMap((node) => node.arguments ?? [])
    .filter(({ name }) => SLICING_ARGUMENTS.some((slicing) => slicing === name.value));
  return slices.flatMap(({ value }) => sizeOfValue(value, operation) ?? []);
}

function pageSize(nodes: readonly FieldNode[], operation: OperationDefinitionNode): number {
  const sizes = askedSizes(nodes, operation);
  return sizes.length > 0 ? Math.max(...sizes) : DEFAULT_PAGE_SIZE;
}
