import { buildSchema, parse, print } from 'graphql';
import { expect, test } from 'vitest';
import { canonicalDocument } from './canonical-document.ts';
import { createCanonicalNaming } from './canonical-naming.ts';

const schema = buildSchema(`
  type Query { user(id: ID): User any: [Any] count: Int }
  type Mutation { bump(by: Int): Int }
  type User { id: ID name: String friends: [User] }
  type Page { id: ID name: String! }
  type Pet { id: ID name: String }
  union Any = User | Page | Pet`);
const naming = createCanonicalNaming(schema);

const plannedFor = (text: string, conditions?: Record<string, boolean>) => {
  const document = parse(text);
  const interfaceObjects = { has: () => false, keyOf: () => undefined };
  const { planned } = canonicalDocument({
    schema,
    naming,
    document,
    operationName: undefined,
    denied: new Set(),
    interfaceObjects,
    conditions,
  });
  return planned && print(planned).replace(/\s+/g, ' ');
};

test('what a client calls a field makes no difference', () => {
  expect(plannedFor('{ a: count b: count }')).toBe('{ count count }');
});

test('arguments make another field, their order does not', () => {
  const alias = /^\{ (user__c\w+): user\(id: 1\) \{ name \} \}$/.exec(plannedFor('{ x: user(id: 1) { name } }') ?? '');
  expect(alias).not.toBeNull();
  expect(plannedFor('{ y: user(id: 1) { z: name } }')).toBe(alias?.[0]);
  expect(plannedFor('{ x: user(id: 2) { name } }')).not.toContain(alias?.[1]);
});

test('fields of one name and another type never meet', () => {
  const text = plannedFor('{ any { ... on User { name } ... on Page { name } ... on Pet { name } } }');
  expect(text).toMatch(/\.\.\. on User \{ name \} \.\.\. on Page \{ name__c\w+: name \} \.\.\. on Pet \{ name \}/);
});

test('two selections of one object field are one only when they select the same', () => {
  expect(plannedFor('{ a: user { name } b: user { name } }')).toBe('{ user { name } user { name } }');
  expect(plannedFor('{ a: user { name } b: user { id } }')).toMatch(
    /^\{ user \{ name \} user__c\w+: user \{ id \} \}$/,
  );
});

test('mutations keep one field for each name that the client gives', () => {
  expect(plannedFor('mutation { a: bump b: bump a: bump }')).toBe('mutation { bump__m0: bump bump__m1: bump }');
});

test('mutations in fragments stay in the order of the operation', () => {
  expect(
    plannedFor('mutation { ... { a: bump } b: bump(by: 2) ...F a: bump } fragment F on Mutation { c: bump }'),
  ).toMatch(/^mutation \{ bump__m0: bump bump__m1: bump\(by: 2\) bump__m2: bump \}/);
});

test('nothing has to be planned for what the schema itself answers', () => {
  expect(plannedFor('{ __typename __schema { queryType { name } } ...F } fragment F on Query { x: __typename }')).toBe(
    undefined,
  );
});

test('what is never included is not planned', () => {
  expect(plannedFor('{ user { name @skip(if: true) } count @include(if: false) }')).toBe('{ user { __typename } }');
});

test('what is always included is planned as if the condition were not there', () => {
  expect(plannedFor('{ user { name @skip(if: false) } ... @include(if: true) { count } }')).toBe(
    '{ user { name } ... { count } }',
  );
});

test('conditions that are known are settled before planning', () => {
  const query = 'query ($a: Boolean!) { user { name @include(if: $a) id @skip(if: $a) } }';
  expect(plannedFor(query, { a: true })).toBe('query ($a: Boolean!) { user { name } }');
  expect(plannedFor(query, { a: false })).toBe('query ($a: Boolean!) { user { id } }');
});

test('a field of which everything is behind open conditions is still asked for', () => {
  expect(plannedFor('query ($a: Boolean!) { user { name @include(if: $a) } }')).toBe(
    'query ($a: Boolean!) { user { __typename name @include(if: $a) } }',
  );
});

test('a fragment on an abstract type below an object type is spread into it, or left out', () => {
  expect(plannedFor('{ user { ... on Any { ... on User { name } ... on Page { id } } } }')).toBe('{ user { name } }');
});
