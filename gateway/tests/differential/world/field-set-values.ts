import {
  type FieldNode,
  getArgumentValues,
  isInterfaceType,
  isObjectType,
  isUnionType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { canonical } from './chance.ts';
import type { GraphFacts } from './graph-facts.ts';
import type { Thing, World } from './world.ts';

/** Told of each error on the way, which leaves a null. */
export type OnFailure = (error: Error) => void;

/** Whether an object type is one that a type condition stands for. */
export function isOfType({ merged }: GraphFacts, objectType: string, condition: string): boolean {
  if (objectType === condition) return true;
  const object = merged.getType(objectType);
  const abstract = merged.getType(condition);
  return (
    isObjectType(object) && (isInterfaceType(abstract) || isUnionType(abstract)) && merged.isSubType(abstract, object)
  );
}

function argumentsIn(facts: GraphFacts, type: string, node: FieldNode): Record<string, unknown> {
  const object = facts.merged.getType(type);
  const field = isObjectType(object) ? object.getFields()[node.name.value] : undefined;
  if (!field) throw new Error(`the merged schema has no field ${type}.${node.name.value}`);
  return getArgumentValues(field, node);
}

/** Asks for a field with what it requires, which a subgraph would be given in a representation. */
export function askWhole(
  world: World,
  thing: Thing,
  field: string,
  args: Readonly<Record<string, unknown>>,
  onFailure: OnFailure,
): unknown {
  const { requires } = world.facts.field(thing.type, field);
  const inputs = requires && canonical(selectFrom(world, thing, requires, onFailure));
  return world.ask({ thing, field, args, inputs });
}

/** Selects a field set from a thing, as the gateway would to make a representation. */
export function selectFrom(world: World, thing: Thing, set: SelectionSetNode, onFailure: OnFailure): unknown {
  const selected: Record<string, unknown> = {};
  for (const selection of set.selections) {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      if (isOfType(world.facts, thing.type, selection.typeCondition?.name.value ?? thing.type))
        Object.assign(selected, selectFrom(world, thing, selection.selectionSet, onFailure));
    } else if (selection.kind === Kind.FIELD) {
      const args = argumentsIn(world.facts, thing.type, selection);
      const value = askWhole(world, thing, selection.name.value, args, onFailure);
      selected[selection.name.value] = complete(world, value, selection.selectionSet, onFailure);
    }
  }
  return selected;
}

function complete(world: World, value: unknown, set: SelectionSetNode | undefined, onFailure: OnFailure): unknown {
  if (value instanceof Error) {
    onFailure(value);
    return null;
  }
  if (Array.isArray(value)) return value.map((item) => complete(world, item, set, onFailure));
  return set && value !== null ? selectFrom(world, value as Thing, set, onFailure) : value;
}

/** Selects a field set from a representation. What it lacks stays away, so that it isn't taken for null. */
export function pickFrom(facts: GraphFacts, given: unknown, set: SelectionSetNode): unknown {
  if (Array.isArray(given)) return given.map((item) => pickFrom(facts, item, set));
  if (typeof given !== 'object' || given === null) return given;
  const picked: Record<string, unknown> = {};
  const source = given as Record<string, unknown>;
  for (const selection of set.selections) {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const condition = selection.typeCondition?.name.value;
      if (condition === undefined || isOfType(facts, String(source.__typename), condition))
        Object.assign(picked, pickFrom(facts, source, selection.selectionSet));
    } else if (selection.kind === Kind.FIELD) {
      const value = source[selection.name.value];
      picked[selection.name.value] = selection.selectionSet ? pickFrom(facts, value, selection.selectionSet) : value;
    }
  }
  return picked;
}

/** Finds entities by what a representation carries of one of their keys. */
export function createEntityFinder(world: World) {
  const indexes = new Map<SelectionSetNode, ReadonlyMap<string, Thing>>();
  const keyOf = (thing: Thing, key: SelectionSetNode) => canonical(selectFrom(world, thing, key, () => {}));
  return function find(key: SelectionSetNode, entities: readonly Thing[], given: unknown): Thing | undefined {
    const index = indexes.get(key) ?? new Map(entities.map((thing) => [keyOf(thing, key), thing]));
    indexes.set(key, index);
    return index.get(canonical(pickFrom(world.facts, given, key)));
  };
}
