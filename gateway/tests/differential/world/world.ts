import { GraphQLError, type GraphQLSchema, isLeafType, type SelectionSetNode } from 'graphql';
import { canonical, happens, hashOf, pickOne } from './chance.ts';
import type { FieldFacts } from './field-facts.ts';
import type { GraphFacts } from './graph-facts.ts';
import { leafAt, lieAt } from './leaf-values.ts';
import { isStrict, type ValueShape } from './value-shape.ts';

/** `errors`: fields fail with codes, entities are unknown to subgraphs. `lies`: subgraphs break the schema's promises. */
export type Faults = 'none' | 'errors' | 'lies';

/** What a world is made from. */
export interface WorldOptions {
  readonly facts: GraphFacts;
  readonly seed: number;
  readonly faults: Faults;
  /** Types of which a subgraph may not know each entity: `subgraph:Type`. */
  readonly maybeMissing?: ReadonlySet<string> | undefined;
}

/** An object: an entity, a part of one, or a root. */
export interface Thing {
  /** Its object type in the merged schema. */
  readonly type: string;
  /** What tells it from all others: `Product:3`, or where it hangs for what is no entity. */
  readonly ref: string;
  /** How it was reached; kept by the reference only, as contexts come from further up. */
  readonly parent?: Thing | undefined;
  /** What a representation carried; kept by subgraphs only. */
  readonly given?: Readonly<Record<string, unknown>> | undefined;
  /** External fields that are provided on the way that led here; kept by subgraphs only. */
  readonly provided?: readonly SelectionSetNode[] | undefined;
}

/** A field that is asked for. */
export interface Question {
  readonly thing: Thing;
  readonly field: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** Canonical text of the fields that it requires. */
  readonly inputs?: string | undefined;
}

/** The data behind one case: the value of each field is a function of the seed and the question. */
export interface World {
  readonly facts: GraphFacts;
  /** Mutations so far, in their order. */
  readonly effects: readonly string[];
  /** What subgraphs were asked that they should not have been. */
  readonly complaints: string[];
  /** Leaf values, things, lists of them, null; an error at each place that fails. */
  ask(question: Question): unknown;
  /** Whether a subgraph has never heard of an entity. */
  isMissing(subgraph: string, thing: Thing): boolean;
}

/** So many entities of each type. */
export const ENTITIES_OF_A_TYPE = 5;
const LIKELIHOOD = { null: 0.1, error: 0.05, lie: 0.06, missing: 0.3 };

/** An entity by its number. */
export const entityAt = (type: string, index: number): Thing => ({ type, ref: `${type}:${index}` });
const indexOf = ({ ref }: Thing): number => Number(ref.slice(ref.indexOf(':') + 1));

/** An error that a resolver throws; its code tells the place. */
const failureAt = (place: string): GraphQLError =>
  new GraphQLError(`injected at ${place}`, { extensions: { code: `FAULT_${hashOf(place).toString(36)}` } });

/** Makes a world. Worlds with equal options answer alike; only the effects of mutations are kept between questions. */
export function createWorld({ facts, seed, faults, maybeMissing }: WorldOptions): World {
  const { merged } = facts;
  const effects: string[] = [];
  const complaints: string[] = [];
  const entityTypes = new Set(facts.entityTypes);

  const isMissing = (subgraph: string, { type, ref }: Thing) =>
    faults !== 'none' &&
    maybeMissing?.has(`${subgraph}:${type}`) === true &&
    happens(`${seed} ${subgraph} ${ref} missing`, LIKELIHOOD.missing);

  function objectAt(field: FieldFacts, type: string, place: string, owner: Thing): Thing {
    const object = field.possibleTypes.length > 0 ? pickOne(`${place} type`, field.possibleTypes) : type;
    if (!entityTypes.has(object)) return { type: object, ref: place };
    // Entities in keys follow the number of their owner, or two of them could have the same key.
    const index = field.role === 'key' && entityTypes.has(owner.type) ? indexOf(owner) : hashOf(place);
    return entityAt(object, index % ENTITIES_OF_A_TYPE);
  }

  function keyLeafAt(schema: GraphQLSchema, type: string, place: string, owner: Thing, values: readonly string[]) {
    if (!entityTypes.has(owner.type))
      return type === 'Int' ? hashOf(place) % 1_000_000_000 : leafAt(schema, type, place, values);
    if (type === 'Int') return 1_000 * facts.entityTypes.indexOf(owner.type) + indexOf(owner);
    return type === 'String' || type === 'ID' ? place : leafAt(schema, type, place, values);
  }

  function valueAt(field: FieldFacts, shape: ValueShape, place: string, owner: Thing): unknown {
    const isPlain = field.role === 'plain';
    if (faults === 'errors' && mayFail(field) && happens(`${place} error`, LIKELIHOOD.error)) return failureAt(place);
    if (faults === 'lies' && isPlain && happens(`${place} lie`, LIKELIHOOD.lie)) {
      const lie = shape.items ? null : lieAt(merged, shape.named, place);
      return lie !== undefined && happens(`${place} which lie`, 0.5) ? lie : null;
    }
    if (!shape.isNonNull && field.role !== 'key' && happens(`${place} null`, LIKELIHOOD.null)) return null;
    const { items } = shape;
    if (items) {
      const length = hashOf(`${place} length`) % 4;
      return Array.from({ length }, (_, index) => valueAt(field, items, `${place}[${index}]`, owner));
    }
    if (!isLeafType(merged.getType(shape.named))) return objectAt(field, shape.named, place, owner);
    return field.role === 'key'
      ? keyLeafAt(merged, shape.named, place, owner, field.enumValues)
      : leafAt(merged, shape.named, place, field.enumValues);
  }

  /** A non-null input that fails would null its whole entity in one subgraph's answer, which no gateway can see through. */
  const mayFail = (field: FieldFacts) =>
    field.isUniform &&
    (facts.isUniform || !isStrict(field.shape)) &&
    (field.role === 'plain' || (field.role === 'input' && !isStrict(field.shape)));

  function ask({ thing, field: name, args, inputs }: Question): unknown {
    const field = facts.field(thing.type, name);
    const [owner, ...others] = field.owners;
    if (field.role !== 'key' && owner && others.length === 0 && isMissing(owner, thing)) return null;
    const known = Object.entries(args).filter(([argument]) => field.argumentNames.has(argument));
    const scope = field.role === 'key' ? '' : `${seed} `;
    const asked = `${thing.ref}.${name}(${known.length > 0 ? canonical(Object.fromEntries(known)) : ''})`;
    const withInputs = inputs === undefined ? asked : `${asked}<${inputs}>`;
    if (thing.type !== 'Mutation') return valueAt(field, field.shape, `${scope}${withInputs}`, thing);
    effects.push(withInputs);
    return valueAt(field, field.shape, `${scope}${withInputs}#${effects.length}`, thing);
  }

  return { facts, effects, complaints, ask, isMissing };
}
