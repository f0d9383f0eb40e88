import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  Kind,
  type SelectionSetNode,
  type TypeNode,
} from 'graphql';
import type { FieldDefinition, FieldDefinitions } from './field-definitions.ts';
import { type FieldRole, objectTypesOf } from './field-roles.ts';
import type { ContextSource, TypeFacts } from './type-directives.ts';
import { isAsStrict, loosest, shapeOfType, tighten, type ValueShape } from './value-shape.ts';

/** An argument that the gateway fills from an object further up. */
export interface ContextArgument extends ContextSource {
  readonly name: string;
}

/** What the world has to know of a field of an object type to give it the same value wherever it is asked for. */
export interface FieldFacts {
  readonly shape: ValueShape;
  readonly role: FieldRole;
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

/** Where facts are read from. */
export interface FieldSources {
  readonly merged: GraphQLSchema;
  readonly definitions: FieldDefinitions;
  readonly types: TypeFacts;
  readonly contexts: ReadonlyMap<string, ContextSource>;
  readonly roles: ReadonlyMap<string, FieldRole>;
}

type Field = GraphQLField<unknown, unknown>;

const namedType = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type));

/** What all lists hold. */
const common = ([first = [], ...others]: readonly (readonly string[])[]): readonly string[] =>
  first.filter((entry) => others.every((other) => other.includes(entry)));

/** The definitions of an object's field: its own and those of the interface objects that it implements. */
function definitionsOf(
  { definitions, types }: FieldSources,
  type: GraphQLObjectType,
  field: string,
): FieldDefinition[] {
  const lent = type.getInterfaces().flatMap(({ name }) => {
    const lenders = types.interfaceObjects.get(name);
    return (definitions.get(name)?.get(field) ?? []).filter(({ subgraph }) => lenders?.has(subgraph));
  });
  return [...(definitions.get(type.name)?.get(field) ?? []), ...lent];
}

/** The object types that a subgraph may answer with for a field. */
function membersIn({ merged, types }: FieldSources, { subgraph, node }: FieldDefinition): readonly string[] {
  const declared = namedType(node.type);
  return (types.membersOf(subgraph, declared) ?? [declared]).flatMap((name) =>
    types.interfaceObjects.get(name)?.has(subgraph) ? objectTypesOf(merged, name).map((object) => object.name) : [name],
  );
}

function contextArgumentsOf({ contexts }: FieldSources, type: string, { subgraph, node }: FieldDefinition) {
  return (node.arguments ?? []).flatMap((argument): ContextArgument[] => {
    const name = argument.name.value;
    const source = contexts.get(`${subgraph}:${type}.${node.name.value}(${name})`);
    return source ? [{ name, ...source }] : [];
  });
}

/** Reads one field of an object type of the merged schema. */
export function readFieldFacts(sources: FieldSources, type: GraphQLObjectType, field: Field): FieldFacts {
  const { merged, types, roles } = sources;
  const all = definitionsOf(sources, type, field.name);
  const promised = shapeOfType(field.type);
  const shape = all.reduce((strictest, { node }) => tighten(strictest, node.type), promised);
  const named = merged.getType(shape.named);
  const contextArguments = all.flatMap((definition) => contextArgumentsOf(sources, type.name, definition));
  const valuesIn = ({ subgraph, node }: FieldDefinition) => types.valuesOf(subgraph, namedType(node.type)) ?? [];
  return {
    shape,
    role: roles.get(`${type.name}.${field.name}`) ?? 'plain',
    owners: all.filter(({ isExternal, isOverridden }) => !isExternal && !isOverridden).map(({ subgraph }) => subgraph),
    requires: all.find(({ requires }) => requires)?.requires,
    contextArguments,
    possibleTypes: isAbstractType(named) ? common(all.map((definition) => membersIn(sources, definition))) : [],
    enumValues: isEnumType(named) ? common(all.map(valuesIn)) : [],
    argumentNames: new Set([...field.args, ...contextArguments].map(({ name }) => name)),
    isUniform: [promised, ...all.map(({ node }) => tighten(loosest(shape), node.type))].every((other) =>
      isAsStrict(shape, other),
    ),
  };
}
