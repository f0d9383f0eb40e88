import {
  type FieldNode,
  type GraphQLField,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  print,
} from 'graphql';
import { shapeOf } from './type-shape.ts';

/** Gives field occurrences the names that they have in the response tree. */
export interface CanonicalNaming {
  /**
   * The name for a selection of a field: the field's own when it has no arguments and its type is the usual one for
   * fields of that name, else one made of name, arguments and type. Equal selections get equal names in every operation.
   *
   * @param variant tells apart selections of one object field that ask for different things; empty for the first.
   */
  nameOf(field: FieldNode, parentName: string, variant: string): string;
}

/** What a field's `@join__field` says of its type in subgraphs where it differs, by subgraph. */
function deviations({ astNode }: GraphQLField<unknown, unknown>): string[] {
  return (astNode?.directives ?? []).flatMap(({ name, arguments: given = [] }) => {
    if (name.value !== 'join__field') return [];
    const text = (argument: string) => given.find((candidate) => candidate.name.value === argument);
    const [graph, type] = [text('graph')?.value, text('type')?.value];
    if (graph?.kind !== Kind.ENUM || type?.kind !== Kind.STRING) return [];
    return [`${graph.value}:${type.value}`];
  });
}

/** Shapes of a field in the supergraph and in subgraphs: where they are equal, no subgraph sees a conflict. */
const shapesOf = (field: GraphQLField<unknown, unknown>): string =>
  [shapeOf(field.type), ...deviations(field).sort()].join(' ');

interface Shapes {
  /** By `Type.field`. */
  readonly byField: ReadonlyMap<string, string>;
  /** The most frequent ones of each field name. */
  readonly usual: ReadonlyMap<string, string>;
}

function readShapes(supergraph: GraphQLSchema): Shapes {
  const byField = new Map<string, string>();
  const counts = new Map<string, Map<string, number>>();
  for (const type of Object.values(supergraph.getTypeMap())) {
    if (type.name.startsWith('__') || (!isObjectType(type) && !isInterfaceType(type))) continue;
    for (const field of Object.values(type.getFields())) {
      const shapes = shapesOf(field);
      byField.set(`${type.name}.${field.name}`, shapes);
      const counted = counts.get(field.name) ?? new Map<string, number>();
      counts.set(field.name, counted.set(shapes, (counted.get(shapes) ?? 0) + 1));
    }
  }
  const usual = [...counts].map(
    ([name, counted]) => [name, [...counted].reduce((a, b) => (b[1] > a[1] ? b : a))[0]] as const,
  );
  return { byField, usual: new Map(usual) };
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

/** Makes the naming of one supergraph. */
export function createCanonicalNaming(supergraph: GraphQLSchema): CanonicalNaming {
  const { byField, usual } = readShapes(supergraph);
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
    nameOf(field, parentName, variant) {
      const name = field.name.value;
      const given = printArguments(field);
      const shapes = byField.get(`${parentName}.${name}`);
      const isUsual = usual.get(name) === shapes;
      // Objects of the tree inherit names such as `constructor`, and would seem to have what nobody answered.
      if (given === '' && isUsual && variant === '' && !(name in Object.prototype)) return name;
      const key = `${name}(${given})${isUsual ? '' : `:${shapes}`}${variant === '' ? '' : ` ${variant}`}`;
      return claim(aliasFor(name, key), key);
    },
  };
}

/** Aliases remembered for finding collisions. */
const MAX_REMEMBERED = 100_000;

/** Whether a field is answered from the schema itself. */
export const isIntrospection = (field: FieldNode): boolean =>
  field.kind === Kind.FIELD && (field.name.value === '__schema' || field.name.value === '__type');
