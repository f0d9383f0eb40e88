import {
  type FieldNode,
  type GraphQLField,
  getNullableType,
  isListType,
  isWrappingType,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { givenValue, type KnownVariables, UNKNOWN, variableOf } from './argument-cost.ts';
import type { ListSizeRule } from './cost-rules.ts';

/** How long lists are taken to be where nothing says so. */
export interface AssumedLengths {
  /** Of a list without slicing arguments. */
  readonly list: number;
  /** Of a page whose slicing arguments aren't given. */
  readonly page: number;
  /** Of a page whose slicing argument is a variable without default, before it is sent. */
  readonly unknownPage: number;
}

/** A connection's lists of items, and how long they are. */
export interface SizedWithin {
  readonly fields: readonly string[];
  readonly size: number;
}

/** Arguments that slice lists by convention (Relay's connections), where no `@listSize` says so. */
const SLICING_ARGUMENTS = ['first', 'last'];

/** Whether a field is a page by convention. */
export const isPage = (field: GraphQLField<unknown, unknown>): boolean =>
  field.args.some(({ name }) => SLICING_ARGUMENTS.includes(name));

/** The rule of pages that carry no `@listSize`. */
export const pageRule = (assumedSize: number): ListSizeRule => ({
  assumedSize,
  slicingArguments: SLICING_ARGUMENTS,
  sizedFields: ['nodes', 'edges'],
  requireOneSlicingArgument: false,
});

/** How many lists are wrapped around a field's items. */
export function listDepth(field: GraphQLField<unknown, unknown>): number {
  let depth = 0;
  for (let type = getNullableType(field.type); isWrappingType(type); type = type.ofType)
    if (isListType(type)) depth += 1;
  return depth;
}

/** What one slicing argument says: a length, nothing, or that only the sender knows. */
function sliceOf(
  node: FieldNode,
  path: string,
  field: GraphQLField<unknown, unknown>,
  variables: KnownVariables,
): unknown {
  const [argument = '', ...inner] = path.split('.');
  const given = givenValue(node, argument, variables);
  const definition = field.args.find(({ name }) => name === argument);
  const start = given === undefined ? definition?.defaultValue : given;
  if (start === UNKNOWN) return UNKNOWN;
  return inner.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined),
    start,
  );
}

/** The default of the variable that an argument is given by. */
function defaultSlice(node: FieldNode, path: string, operation: OperationDefinitionNode): number | undefined {
  const variable = variableOf(node, path);
  const definition = operation.variableDefinitions?.find((one) => one.variable.name.value === variable?.name.value);
  return definition?.defaultValue?.kind === Kind.INT ? Number(definition.defaultValue.value) : undefined;
}

/** The length that a field's slicing arguments ask for, and how many of them are given. */
export function slicedLength(
  node: FieldNode,
  field: GraphQLField<unknown, unknown>,
  rule: ListSizeRule,
  request: {
    readonly operation: OperationDefinitionNode;
    readonly variables: KnownVariables;
    readonly unknownPage: number;
  },
): { readonly size: number | undefined; readonly given: number } {
  const sizes = rule.slicingArguments.flatMap((path) => {
    const slice = sliceOf(node, path, field, request.variables);
    if (slice === UNKNOWN) return [defaultSlice(node, path, request.operation) ?? request.unknownPage];
    return typeof slice === 'number' && !Number.isNaN(slice) ? [Math.max(0, slice)] : [];
  });
  return { size: sizes.length > 0 ? Math.max(...sizes) : undefined, given: sizes.length };
}
