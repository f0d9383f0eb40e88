import {
  type FieldNode,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  print,
} from 'graphql';

/** Gives field occurrences the names that they have in the response tree. */
export interface CanonicalNaming {
  /**
   * The name for a selection of a field: the field's own when it has no arguments and its type is the usual one for
   * fields of that name, else one made of name, arguments and type. Equal selections get equal names in every operation.
   */
  nameOf(field: FieldNode, type: GraphQLOutputType): string;
}

/**
 * What must be equal for two fields to be answered under one name: nullability, lists, and the leaf type. Objects of
 * different types may share a name, as their own fields are judged one by one.
 */
function shapeOf(type: GraphQLOutputType): string {
  if (isNonNullType(type)) return `${shapeOf(type.ofType)}!`;
  if (isListType(type)) return `[${shapeOf(type.ofType)}]`;
  return isLeafType(type) ? getNamedType(type).name : '{}';
}

/** Which shape is the most frequent one of each field name, and all names of fields. */
function usualShapes(schema: GraphQLSchema): Map<string, string> {
  const counts = new Map<string, Map<string, number>>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const shapes = counts.get(field.name) ?? new Map<string, number>();
      const shape = shapeOf(field.type);
      counts.set(field.name, shapes.set(shape, (shapes.get(shape) ?? 0) + 1));
    }
  }
  return new Map([...counts].map(([name, shapes]) => [name, [...shapes].reduce((a, b) => (b[1] > a[1] ? b : a))[0]]));
}

/** FNV-1a, 32 bits: names need be short and the same everywhere, and collisions are looked for. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(36);
}

/** The arguments of a selection as text; their order means nothing. */
export function printArguments(field: FieldNode): string {
  const given = field.arguments ?? [];
  if (given.length === 0) return '';
  const sorted = [...given].sort((a, b) => (a.name.value < b.name.value ? -1 : 1));
  return sorted.map((argument) => `${argument.name.value}:${print(argument.value)}`).join(',');
}

/** An alias is no field's name in the schema, nor anything that the planner makes (`name__alias_0`). */
const aliasFor = (name: string, key: string) => `${name}__c${hashOf(key)}`;

/** Makes the naming of one schema. */
export function createCanonicalNaming(schema: GraphQLSchema): CanonicalNaming {
  const usual = usualShapes(schema);
  /** Aliases in use and what they stand for, while that is worth looking at: a collision costs a longer name. */
  const taken = new Map<string, string>();

  function claim(alias: string, key: string): string {
    const owner = taken.get(alias);
    if (owner === key) return alias;
    if (owner !== undefined || usual.has(alias)) return claim(`${alias}_`, key);
    if (taken.size >= MAX_REMEMBERED) taken.clear();
    taken.set(alias, key);
    return alias;
  }

  return {
    nameOf(field, type) {
      const name = field.name.value;
      const given = printArguments(field);
      const shape = shapeOf(type);
      const isUsual = (usual.get(name) ?? shape) === shape;
      // Objects of the tree inherit names such as `constructor`, and would seem to have what nobody answered.
      if (given === '' && isUsual && !(name in Object.prototype)) return name;
      const key = isUsual ? `${name}(${given})` : `${name}(${given}):${shape}`;
      return claim(aliasFor(name, key), key);
    },
  };
}

/** Aliases remembered for finding collisions. */
const MAX_REMEMBERED = 100_000;

/** Whether a field is answered from the schema itself. */
export const isIntrospection = (field: FieldNode): boolean =>
  field.kind === Kind.FIELD && (field.name.value === '__schema' || field.name.value === '__type');
