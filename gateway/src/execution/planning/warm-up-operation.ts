import {
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';

/** Fields of one object that are planned to warm a planner: enough to have run its code, and planned at once. */
const MAX_FIELDS = 6;

function selectionOf(type: GraphQLOutputType, depth: number): string | undefined {
  const named = getNamedType(type);
  if (isLeafType(named)) return '';
  if (!isObjectType(named)) return '{__typename}';
  if (depth === 0) return undefined;
  const fields = Object.values(named.getFields()).flatMap(({ name, type: inner, args }) => {
    const inside = args.some(isRequiredArgument) ? undefined : selectionOf(inner, depth - 1);
    return inside === undefined ? [] : [`${name}${inside}`];
  });
  return fields.length > 0 ? `{${fields.slice(0, MAX_FIELDS).join(' ')}}` : '{__typename}';
}

/**
 * A query over much of a schema. A planner that has planned once is several times as fast as one that hasn't, so that the
 * first client would be told that its operation is too complex.
 */
export function warmUpOperation(schema: GraphQLSchema): string | undefined {
  const type = schema.getQueryType();
  return type ? selectionOf(type, 2) : undefined;
}
