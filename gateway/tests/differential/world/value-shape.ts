import { type GraphQLOutputType, isListType, isNonNullType, Kind, type TypeNode } from 'graphql';

/** An output type, as strict as the strictest of the subgraphs that define the field. */
export interface ValueShape {
  readonly isNonNull: boolean;
  /** Of a list's items; absent for what is no list. */
  readonly items?: ValueShape;
  /** The named type in the merged schema. */
  readonly named: string;
}

/** The shape that the merged schema promises. */
export function shapeOfType(type: GraphQLOutputType): ValueShape {
  const inner = isNonNullType(type) ? type.ofType : type;
  const isNonNull = isNonNullType(type);
  if (!isListType(inner)) return { isNonNull, named: inner.name };
  const items = shapeOfType(inner.ofType);
  return { isNonNull, items, named: items.named };
}

/** Takes over what one subgraph promises beyond that. */
export function tighten(shape: ValueShape, node: TypeNode): ValueShape {
  const isNonNull = shape.isNonNull || node.kind === Kind.NON_NULL_TYPE;
  const inner = node.kind === Kind.NON_NULL_TYPE ? node.type : node;
  if (!shape.items || inner.kind !== Kind.LIST_TYPE) return { ...shape, isNonNull };
  return { ...shape, isNonNull, items: tighten(shape.items, inner.type) };
}

/** Whether two shapes promise the same about nulls. */
export function isAsStrict(a: ValueShape, b: ValueShape): boolean {
  if (a.isNonNull !== b.isNonNull) return false;
  return a.items === undefined || b.items === undefined || isAsStrict(a.items, b.items);
}

/** The same shape without a promise. */
export const loosest = (shape: ValueShape): ValueShape => ({
  ...shape,
  isNonNull: false,
  ...(shape.items ? { items: loosest(shape.items) } : {}),
});

/** Whether a shape, or what is in its lists, can't be null. */
export const isStrict = (shape: ValueShape): boolean =>
  shape.isNonNull || (shape.items !== undefined && isStrict(shape.items));
