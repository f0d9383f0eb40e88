import { type Db, type Document, MongoServerError } from 'mongodb';
import type { CollectionDefinition } from '../../src/mongo/index.ts';

const VALIDATION_FAILED = 121;
const DUPLICATE_KEY = 11_000;

/** A document that touches one limit of one rule. */
export interface RuleCase {
  /** Where the rule is and what it says, such as `skills[].name maxLength 50`. */
  readonly rule: string;
  /** Whether the document keeps within the rule. */
  readonly isAllowed: boolean;
  readonly document: Document;
}

/** A change of one value of a document, and what follows from it. */
interface Change {
  readonly rule: string;
  readonly isAllowed: boolean;
  /** The value to put there; {@link ABSENT} removes it. */
  readonly value: unknown;
}

const ABSENT = Symbol('absent');

const typesOf = (schema: Document): string[] => [schema.bsonType ?? []].flat();
// By characters as the store counts them, not by halves of an emoji.
const ofLength = (text: string, length: number): string => {
  const characters = [...text];
  return characters.slice(0, length).join('') + 'x'.repeat(Math.max(0, length - characters.length));
};

function textChanges(schema: Document, sample: string): Change[] {
  const { enum: words, pattern, minLength = 0, maxLength } = schema;
  const changes: Change[] = [];
  for (const word of words ?? []) changes.push({ rule: `takes ${word}`, isAllowed: true, value: word });
  if (words) changes.push({ rule: 'takes no other word', isAllowed: false, value: `${sample}?` });
  if (pattern) changes.push({ rule: `pattern ${pattern}`, isAllowed: false, value: ` ${sample}` });
  if (pattern?.endsWith('\\z')) changes.push({ rule: `pattern ${pattern}`, isAllowed: false, value: `${sample}\n` });
  if (minLength > 0) {
    if (!pattern) changes.push({ rule: `minLength ${minLength}`, isAllowed: true, value: ofLength(sample, minLength) });
    changes.push({ rule: `minLength ${minLength}`, isAllowed: false, value: ofLength(sample, minLength - 1) });
  }
  if (maxLength !== undefined) {
    changes.push({ rule: `maxLength ${maxLength}`, isAllowed: true, value: ofLength(sample, maxLength) });
    changes.push({ rule: `maxLength ${maxLength}`, isAllowed: false, value: ofLength(sample, maxLength + 1) });
  }
  return changes;
}

function numberChanges({ minimum, maximum }: Document): Change[] {
  const changes: Change[] = [];
  for (const [name, limit, beyond] of [
    ['minimum', minimum, -1],
    ['maximum', maximum, 1],
  ] as const) {
    if (limit === undefined) continue;
    changes.push({ rule: `${name} ${limit}`, isAllowed: true, value: limit });
    changes.push({ rule: `${name} ${limit}`, isAllowed: false, value: limit + beyond });
  }
  return changes;
}

function listChanges(schema: Document, sample: readonly unknown[]): Change[] {
  const { minItems = 0, maxItems, items } = schema;
  const ofSize = (size: number) => Array.from({ length: size }, (_, n) => sample[n % sample.length]);
  const changes: Change[] = [];
  if (minItems > 0) changes.push({ rule: `minItems ${minItems}`, isAllowed: false, value: ofSize(minItems - 1) });
  if (maxItems !== undefined) {
    changes.push({ rule: `maxItems ${maxItems}`, isAllowed: true, value: ofSize(maxItems) });
    changes.push({ rule: `maxItems ${maxItems}`, isAllowed: false, value: ofSize(maxItems + 1) });
  }
  const [first, ...rest] = sample;
  for (const { rule, isAllowed, value } of items ? changesOf(items, first, '[]') : []) {
    changes.push({ rule, isAllowed, value: [value, ...rest] });
  }
  return changes;
}

function objectChanges({ properties = {}, required = [] }: Document, sample: Document, path: string): Change[] {
  return Object.entries(properties as Document).flatMap(([name, schema]) => {
    const at = path === '' ? name : `${path}.${name}`;
    if (sample[name] === undefined) return [];
    const changes = changesOf(schema, sample[name], at);
    if (required.includes(name)) changes.push({ rule: `${at} required`, isAllowed: false, value: ABSENT });
    return changes.map(({ value, ...change }) => {
      const { [name]: _old, ...rest } = sample;
      return { ...change, value: value === ABSENT ? rest : { ...rest, [name]: value } };
    });
  });
}

/** What a value of another type than the schema allows looks like. */
const strange = (types: readonly string[]): unknown => (types.includes('string') ? { a: 1 } : 'text');

function changesOf(schema: Document, sample: unknown, path: string): Change[] {
  const types = typesOf(schema);
  const changes: Change[] = [];
  if (types.length > 0) changes.push({ rule: `bsonType ${types}`, isAllowed: false, value: strange(types) });
  if (typeof sample === 'string') changes.push(...textChanges(schema, sample));
  else if (Array.isArray(sample)) changes.push(...listChanges(schema, sample));
  else if (types.includes('object'))
    return [...named(changes, path), ...objectChanges(schema, sample as Document, path)];
  else changes.push(...numberChanges(schema));
  return named(changes, path);
}

// Rules of members come with their own path.
const named = (changes: readonly Change[], path: string): Change[] =>
  changes.map((change) => ({ ...change, rule: path === '' ? change.rule : `${path} ${change.rule}` }));

/**
 * Documents at and beyond the limit of each rule of a collection's `$jsonSchema`: every type, required field, word,
 * pattern, length, number and size, also of embedded documents. Rules that join fields (`oneOf`, `$expr`) are not in it.
 *
 * @param sample gives a fitting document with new ids each time; see {@link fieldsWithout} for what it should have.
 */
export function ruleCases({ validator }: CollectionDefinition, sample: () => Document): RuleCase[] {
  const count = objectChanges(validator.$jsonSchema, sample(), '').length;
  return Array.from({ length: count }, (_, n) => {
    const change = objectChanges(validator.$jsonSchema, sample(), '')[n];
    if (!change) throw new Error('The number of rules must not depend on the sample');
    return { rule: change.rule, isAllowed: change.isAllowed, document: change.value as Document };
  });
}

/** Fields with a rule that a sample has no value for, so that {@link ruleCases} says nothing of them. */
export function fieldsWithout(schema: Document, sample: unknown, path = ''): string[] {
  if (sample === undefined) return [path];
  const [first] = Array.isArray(sample) ? sample : [];
  if (schema.items) return fieldsWithout(schema.items, first, `${path}[]`);
  return Object.entries((schema.properties ?? {}) as Document).flatMap(([name, member]) =>
    fieldsWithout(member, (sample as Document)[name], path === '' ? name : `${path}.${name}`),
  );
}

/** Whether the validator takes the document. A key that is there already comes after it, so it counts as taken. */
export async function isTaken(db: Db, collection: string, document: Document): Promise<boolean> {
  try {
    await db.collection(collection).insertOne(document);
    return true;
  } catch (error) {
    const code = error instanceof MongoServerError ? error.code : undefined;
    if (code === DUPLICATE_KEY) return true;
    if (code === VALIDATION_FAILED) return false;
    throw error;
  }
}

/** The cases in which the store decides otherwise than the rule says, by name; empty when it keeps to all of them. */
export async function brokenRules(db: Db, collection: string, cases: readonly RuleCase[]): Promise<string[]> {
  const broken: string[] = [];
  for (const { rule, isAllowed, document } of cases) {
    if ((await isTaken(db, collection, document)) !== isAllowed) {
      broken.push(`${isAllowed ? 'refuses' : 'takes'} what is ${isAllowed ? 'within' : 'beyond'}: ${rule}`);
    }
  }
  return broken;
}
