import { type GraphQLSchema, isEnumType } from 'graphql';
import { hashOf, pickOne } from './chance.ts';

/** A leaf value of a type at a place. Strings carry their place's hash, so that a value that strays is seen. */
export function leafAt(merged: GraphQLSchema, type: string, place: string, enumValues: readonly string[]): unknown {
  const hash = hashOf(place);
  if (isEnumType(merged.getType(type))) return pickOne(place, enumValues);
  switch (type) {
    case 'Int':
      return hash % 2_000_000_000;
    case 'Float':
      return hash % 3 === 0 ? hash % 1_000 : (hash % 1_000_000) / 128;
    case 'Boolean':
      return hash % 2 === 0;
    case 'String':
    case 'ID':
      return hash % 23 === 0 ? '' : `${type.toLowerCase()} ${hash.toString(36)} "é\u2028`;
    default:
      return pickOne<unknown>(place, [`${hash}`, hash, { of: [hash, null], __typename: 'Query' }, [[], {}], false]);
  }
}

/** A value that no type of that name may have; undefined when every value is welcome. */
export function lieAt(merged: GraphQLSchema, type: string, place: string): unknown {
  if (isEnumType(merged.getType(type))) return pickOne<unknown>(place, ['NO_SUCH_VALUE', 3, {}]);
  switch (type) {
    case 'Int':
      return pickOne<unknown>(place, [2 ** 31, -(2 ** 31) - 1, 1.5, 'one', {}]);
    case 'Float':
      return pickOne<unknown>(place, ['one', {}]);
    case 'Boolean':
      return pickOne<unknown>(place, ['yes', {}]);
    case 'String':
    case 'ID':
      return { no: 'text' };
    default:
      return undefined;
  }
}
