import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import type { Graph } from '../graphs.ts';
import { type FieldDefinition, readFieldDefinitions } from './field-definitions.ts';
import { type KeyOfType, readContexts, readKeys } from './type-directives.ts';
import { isAsStrict, shapeOfType, tighten, type ValueShape } from './value-shape.ts';

/** An argument that the gateway fills from an object further up. */
export interface ContextArgument {
  readonly name: string;
  /** What to select, by the type that sets the context. */
  readonly sources: ReadonlyMap<string, SelectionSetNode>;
}

/** What the world has to know of a field of an object type to give it the same value wherever it is asked for. */
export interface FieldFacts {
  readonly shape: ValueShape;
  /** `key`: part of some key, never null and the same for every seed. `input`: required by another field. */
  readonly role: 'key' | 'input' | 'plain';
  /** The subgraphs that resolve it. */
  readonly owners: readonly string[];
  /** What its subgraph is given of others to compute it. */
  readonly requires: SelectionSetNode | undefined;
  readonly contextArguments: readonly ContextArgument[];
  /** The object types that all subgraphs which define it know, when it is of an abstract type. */
  readonly possibleTypes: readonly string[];
  /** The same for enums. */
  readonly enumValues: readonly string[];
  /** The arguments that every subgraph knows. */
  readonly argumentNames: ReadonlySet<string>;
  /** Whether subgraphs and merged schema promise the same, so that a failure nulls the same places. */
  readonly isUniform: boolean;
}

/** A graph, read for the world. */
export interface GraphFacts {
  readonly merged: GraphQLSchema;
  /** In the order of the merged schema; the position numbers its entities. */
  readonly entityTypes: readonly string[];
  readonly keys: readonly KeyOfType[];
  /** Names of fields in keys and requirements, which make the aliases that an executor is likeliest to trip over. */
  readonly temptingNames: readonly string[];
  field(type: string, field: string): FieldFacts;
}

type Roles = ReadonlyMap<string, 'key' | 'input'>;

/** The object types that a type stands for. */
export function objectTypesOf(merged: GraphQLSchema, name: string): readonly GraphQLObjectType[] {
  const type = merged.getType(name);
  if (isObjectType(type)) return [type];
  return isAbstractType(type) ? merged.getPossibleTypes(type) : [];
}

/** Calls back for each field of each object type that a field set may touch. */
function eachField(
  merged: GraphQLSchema,
  type: string,
  set: SelectionSetNode,
  visit: (type: string, field: string) => void,
): void {
  for (const selection of set.selections) {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      eachField(merged, selection.typeCondition?.name.value ?? type, selection.selectionSet, visit);
    } else if (selection.kind === Kind.FIELD) {
      for (const object of objectTypesOf(merged, type)) {
        const field = object.getFields()[selection.name.value];
        if (!field) continue;
        visit(object.name, field.name);
        if (selection.selectionSet) eachField(merged, shapeOfType(field.type).named, selection.selectionSet, visit);
      }
    }
  }
}

/** The definitions of an object's field: its own and those of the interface objects that it implements. */
function definitionsFor(
  definitions: ReturnType<typeof readFieldDefinitions>,
  interfaceObjects: ReadonlyMap<string, ReadonlySet<string>>,
  type: GraphQLObjectType,
  field: string,
): FieldDefinition[] {
  const own = definitions.get(type.name)?.get(field) ?? [];
  const lent = type
    .getInterfaces()
    .flatMap(({ name }) =>
      (definitions.get(name)?.get(field) ?? []).filter(({ subgraph }) => interfaceObjects.get(name)?.has(subgraph)),
    );
  return [...own, ...lent];
}

/** Reads a graph. Fields are looked at when they are first asked for. */
export function readGraphFacts({ subgraphs, merged }: Graph): GraphFacts {
  const definitions = readFieldDefinitions(subgraphs);
  const { keys, interfaceObjects, valuesOf, membersOf } = readKeys(subgraphs);
  const contexts = readContexts(subgraphs);
  const roles = readRoles();
  const known = new Map<string, FieldFacts>();

  function readRoles(): Roles {
    const found = new Map<string, 'key' | 'input'>();
    const mark = (role: 'key' | 'input') => (type: string, field: string) => {
      if (found.get(`${type}.${field}`) !== 'key') found.set(`${type}.${field}`, role);
    };
    for (const { type, fields } of keys) eachField(merged, type, fields, mark('key'));
    for (const [type, fields] of definitions)
      for (const { requires } of [...fields.values()].flat())
        if (requires) eachField(merged, type, requires, mark('input'));
    for (const { sources } of contexts.values())
      for (const [type, set] of sources) eachField(merged, type, set, mark('input'));
    return found;
  }

  /** The object types that a subgraph may answer with where it declares a type. */
  function membersIn(subgraph: string, type: string): string[] {
    const declared = membersOf(subgraph, type) ?? [type];
    return declared.flatMap((name) =>
      interfaceObjects.get(name)?.has(subgraph) ? objectTypesOf(merged, name).map((object) => object.name) : [name],
    );
  }

  function read(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): FieldFacts {
    const all = definitionsFor(definitions, interfaceObjects, type, field.name);
    const promised = shapeOfType(field.type);
    const shape = all.reduce((strictest, { node }) => tighten(strictest, node.type), promised);
    const owners = all.filter((definition) => !definition.isExternal && !definition.isOverridden);
    const contextArguments = all.flatMap(({ subgraph, node }) =>
      (node.arguments ?? []).flatMap((argument) => {
        const source = contexts.get(`${subgraph}:${type.name}.${field.name}(${argument.name.value})`);
        return source ? [{ name: argument.name.value, sources: source.sources }] : [];
      }),
    );
    const intersect = (lists: readonly (readonly string[])[]): string[] => {
      const [first = [], ...others] = lists;
      return first.filter((entry) => others.every((other) => other.includes(entry)));
    };
    const named = merged.getType(shape.named);
    const namedIn = ({ node }: FieldDefinition) => shapeName(node.type);
    return {
      shape,
      role: roles.get(`${type.name}.${field.name}`) ?? 'plain',
      owners: owners.map(({ subgraph }) => subgraph),
      requires: all.find(({ requires }) => requires)?.requires,
      contextArguments,
      possibleTypes: isAbstractType(named)
        ? intersect(all.map((definition) => membersIn(definition.subgraph, namedIn(definition))))
        : [],
      enumValues: isEnumType(named)
        ? intersect(all.map((definition) => valuesOf(definition.subgraph, namedIn(definition)) ?? []))
        : [],
      argumentNames: new Set([...field.args.map(({ name }) => name), ...contextArguments.map(({ name }) => name)]),
      isUniform:
        isAsStrict(shape, promised) && all.every(({ node }) => isAsStrict(shape, tighten(loosest(shape), node.type))),
    };
  }

  return {
    merged,
    keys,
    temptingNames: [...new Set([...roles.keys()].map((id) => id.slice(id.indexOf('.') + 1)))].sort(),
    entityTypes: Object.values(merged.getTypeMap())
      .filter(isObjectType)
      .map(({ name }) => name)
      .filter((name) => keys.some(({ type }) => objectTypesOf(merged, type).some((object) => object.name === name))),
    field(typeName, fieldName) {
      const id = `${typeName}.${fieldName}`;
      const facts = known.get(id);
      if (facts) return facts;
      const type = merged.getType(typeName);
      const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
      if (!isObjectType(type) || !field) throw new Error(`the merged schema has no field ${id}`);
      const made = read(type, field);
      known.set(id, made);
      return made;
    },
  };
}

const loosest = (shape: ValueShape): ValueShape => ({
  ...shape,
  isNonNull: false,
  ...(shape.items ? { items: loosest(shape.items) } : {}),
});

function shapeName(type: FieldDefinition['node']['type']): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : shapeName(type.type);
}

/** Whether a type is an interface of the merged schema. */
export const isMergedInterface = (merged: GraphQLSchema, name: string): boolean =>
  isInterfaceType(merged.getType(name));
