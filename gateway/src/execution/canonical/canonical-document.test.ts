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

const plannedFor = (text: string) => {
  const document = parse(text);
  const isInterfaceObject = () => false;
  const { planned } = canonicalDocument({
    schema,
    naming,
    document,
    operationName: undefined,
    denied: new Set(),
    isInterfaceObject,
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
  expect(plannedFor('mutation { a: bump b: bump a: bump }')).toBe(
    'mutation { bump__m0: bump bump__m1: bump bump__m0: bump }',
  );
});

test('nothing has to be planned for what the schema itself answers', () => {
  expect(plannedFor('{ __typename __schema { queryType { name } } ...F } fragment F on Query { x: __typename }')).toBe(
    undefined,
  );
});

test('what is never included is not planned', () => {
  expect(plannedFor('{ user { name @skip(if: true) } count @include(if: false) }')).toBe('{ user { __typename } }');
});
