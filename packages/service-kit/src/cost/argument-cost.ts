import {
  type FieldNode,
  type GraphQLArgument,
  type GraphQLInputType,
  getNamedType,
  isInputObjectType,
  Kind,
  type VariableNode,
  valueFromASTUntyped,
} from 'graphql';

/** Values of variables by name; undefined where they aren't known, as when an operation is judged before it is sent. */
export type KnownVariables = Readonly<Record<string, unknown>> | undefined;

/** What an input object costs. */
export const INPUT_OBJECT_COST = 1;

/** Where weights are read. */
export type WeightOf = (coordinate: string) => number | undefined;

/** A value that only the sender of the operation knows. */
export const UNKNOWN = Symbol('unknown');

/** The value of an argument; undefined when it isn't given, {@link UNKNOWN} when it is a variable nobody knows yet. */
export function givenValue(node: FieldNode, argument: string, variables: KnownVariables): unknown {
  const value = node.arguments?.find(({ name }) => name.value === argument)?.value;
  if (!value) return undefined;
  if (variables === undefined && value.kind === Kind.VARIABLE) return UNKNOWN;
  return valueFromASTUntyped(value, variables as Record<string, unknown> | undefined);
}

/** The variable that an argument is given by, if it is. */
export function variableOf(node: FieldNode, argument: string): VariableNode | undefined {
  const value = node.arguments?.find(({ name }) => name.value === argument)?.value;
  return value?.kind === Kind.VARIABLE ? value : undefined;
}

/** The cost of one value: of input objects their own and their fields', of lists their items', of leaves their weight. */
function valueCost(value: unknown, type: GraphQLInputType, coordinate: string, weightOf: WeightOf): number {
  if (value === null || value === undefined) return 0;
  const named = getNamedType(type);
  const own = weightOf(coordinate) ?? weightOf(named.name);
  if (Array.isArray(value)) {
    return value.reduce((sum: number, item) => sum + valueCost(item, named, coordinate, weightOf), 0);
  }
  if (!isInputObjectType(named)) return own ?? 0;
  if (typeof value !== 'object') return own ?? INPUT_OBJECT_COST;
  const given = value as Readonly<Record<string, unknown>>;
  return Object.values(named.getFields()).reduce(
    (sum, field) =>
      Object.hasOwn(given, field.name)
        ? sum + valueCost(given[field.name], field.type, `${named.name}.${field.name}`, weightOf)
        : sum,
    own ?? INPUT_OBJECT_COST,
  );
}

/** The cost of the arguments that a field is given. */
export function argumentsCost(
  node: FieldNode,
  definitions: readonly GraphQLArgument[],
  context: { readonly field: string; readonly variables: KnownVariables; readonly weightOf: WeightOf },
): number {
  if (!node.arguments?.length) return 0;
  return definitions.reduce((sum, { name, type }) => {
    const value = givenValue(node, name, context.variables);
    return sum + valueCost(value, type, `${context.field}(${name}:)`, context.weightOf);
  }, 0);
}
