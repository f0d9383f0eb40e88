import type { GraphQLResolverMap } from '@apollo/subgraph';
import { type DocumentNode, GraphQLError, Kind, type SelectionSetNode } from 'graphql';
import { canonical } from './chance.ts';
import {
  directivesOf,
  type FieldDefinition,
  fieldSet,
  has,
  isFielded,
  readFieldDefinitions,
} from './field-definitions.ts';
import { objectTypesOf } from './field-roles.ts';
import { type createEntityFinder, isOfType, pickFrom } from './field-set-values.ts';
import type { GraphFacts } from './graph-facts.ts';
import { ENTITIES_OF_A_TYPE, entityAt, type Thing, type World } from './world.ts';

/** What resolvers of subgraphs are given. */
export interface SubgraphContext {
  readonly world: World;
  readonly find: ReturnType<typeof createEntityFinder>;
}

/** A subgraph was asked for what it doesn't resolve: the planner or the executor is wrong. */
function refuse(world: World, place: string, why: string): GraphQLError {
  const complaint = `${place} must not be asked for here: ${why}`;
  world.complaints.push(complaint);
  return new GraphQLError(complaint, { extensions: { code: 'ASKED_THE_WRONG_SUBGRAPH' } });
}

function mentions(
  facts: GraphFacts,
  thing: Thing,
  set: SelectionSetNode,
  field: string,
): SelectionSetNode[] | undefined {
  let found: SelectionSetNode[] | undefined;
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD && selection.name.value === field)
      found = [...(found ?? []), ...(selection.selectionSet ? [selection.selectionSet] : [])];
    if (
      selection.kind === Kind.INLINE_FRAGMENT &&
      isOfType(facts, thing.type, selection.typeCondition?.name.value ?? thing.type)
    ) {
      const inner = mentions(facts, thing, selection.selectionSet, field);
      if (inner) found = [...(found ?? []), ...inner];
    }
  }
  return found;
}

/** Hands what is provided below a field to the things that it leads to. */
function provide(value: unknown, provided: readonly SelectionSetNode[]): unknown {
  if (provided.length === 0 || value === null || typeof value !== 'object' || value instanceof Error) return value;
  if (Array.isArray(value)) return value.map((item) => provide(item, provided));
  return 'ref' in value && 'type' in value ? { ...value, provided } : value;
}

function fieldResolver(facts: GraphFacts, definition: FieldDefinition, isKey: boolean) {
  const name = definition.node.name.value;
  return (
    root: Thing | undefined,
    args: Record<string, unknown>,
    { world }: SubgraphContext,
    info: { parentType: { name: string } },
  ) => {
    const thing = root ?? { type: info.parentType.name, ref: info.parentType.name };
    const place = `${definition.subgraph}: ${thing.type}.${name}`;
    const sets = (thing.provided ?? []).map((set) => mentions(facts, thing, set, name));
    const isProvided = sets.some((set) => set !== undefined);
    if (definition.isOverridden) return refuse(world, place, 'it is overridden');
    if (definition.isExternal && !isKey && !isProvided) return refuse(world, place, 'it is external');
    const { requires } = definition;
    const inputs = requires && canonical(pickFrom(facts, thing.given, requires));
    const below = [...sets.flatMap((set) => set ?? []), ...(definition.provides ? [definition.provides] : [])];
    return provide(world.ask({ thing, field: name, args, inputs }), below);
  };
}

/** The object type by which a subgraph calls a thing: an interface object stands for all that implement it. */
function typeNamer(facts: GraphFacts, { definitions }: DocumentNode) {
  const own = new Set(
    definitions.flatMap((node) => (node.kind === Kind.OBJECT_TYPE_DEFINITION ? [node.name.value] : [])),
  );
  const interfaceObjects = definitions.filter(isFielded).filter((node) => has(node, 'interfaceObject'));
  return ({ type }: Thing): string | undefined =>
    own.has(type) ? type : interfaceObjects.find(({ name }) => isOfType(facts, type, name.value))?.name.value;
}

/** Resolvers of one subgraph over whichever world is in the context. */
export function subgraphResolvers(
  facts: GraphFacts,
  subgraphs: ReadonlyMap<string, DocumentNode>,
  subgraph: string,
): GraphQLResolverMap<SubgraphContext> {
  const document = subgraphs.get(subgraph);
  if (!document) throw new Error(`no subgraph ${subgraph}`);
  const definitions = readFieldDefinitions(subgraphs);
  const nameType = typeNamer(facts, document);
  const resolvers: Record<string, Record<string, unknown>> = {};

  for (const node of document.definitions) {
    if (node.kind === Kind.UNION_TYPE_DEFINITION) resolvers[node.name.value] = { __resolveType: nameType };
    if (!isFielded(node)) continue;
    const type = node.name.value;
    const keys = directivesOf(node, 'key')
      .filter(({ resolvable }) => resolvable !== false)
      .map(({ fields }) => fieldSet(fields));
    const entities = objectTypesOf(facts.merged, type).flatMap((object) =>
      Array.from({ length: ENTITIES_OF_A_TYPE }, (_, index) => entityAt(object.name, index)),
    );
    const resolveReference = (given: Record<string, unknown>, { world, find }: SubgraphContext) => {
      if (keys.length === 0) throw refuse(world, `${subgraph}: ${type}`, 'its keys are not resolvable');
      const thing = keys.map((key) => find(key, entities, given)).find((found) => found !== undefined);
      return thing && !world.isMissing(subgraph, thing) ? { ...thing, given } : null;
    };
    const reference = has(node, 'key') ? { __resolveReference: resolveReference } : {};
    if (node.kind === Kind.INTERFACE_TYPE_DEFINITION) {
      resolvers[type] = { ...reference, __resolveType: nameType };
      continue;
    }
    const fields = [...(definitions.get(type)?.values() ?? [])].flat().filter((field) => field.subgraph === subgraph);
    const inKey = (name: string) =>
      objectTypesOf(facts.merged, type).some((object) => facts.field(object.name, name).role === 'key');
    resolvers[type] = {
      ...reference,
      ...Object.fromEntries(
        fields.map((field) => [field.node.name.value, fieldResolver(facts, field, inKey(field.node.name.value))]),
      ),
    };
  }
  return resolvers as GraphQLResolverMap<SubgraphContext>;
}
