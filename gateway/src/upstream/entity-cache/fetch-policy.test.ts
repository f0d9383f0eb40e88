import { buildSchema } from 'graphql';
import { expect, test } from 'vitest';
import { composeMarked } from '../../../tests/fixture/cached-graph.ts';
import { readCacheMarks } from './cache-marks.ts';
import { readFetchPolicy } from './fetch-policy.ts';

const read = (types: string) => buildSchema(composeMarked(types), { assumeValidSDL: true });
const schema = read(`
  type Query { a: User }
  type User @key(fields: "id") @key(fields: "id number") {
    id: ID!
    number: Int
    name: String @entityCache(maxAge: 60)
    bio(length: Int): String @entityCache(maxAge: 30)
    relation: String @entityCache(maxAge: 10, perViewer: true)
    never: String @entityCache(maxAge: 0)
    unmarked: String
    address: Address @entityCache(maxAge: 20)
    picture: Picture @entityCache(maxAge: 40)
    any: Any @entityCache(maxAge: 40)
  }
  type Address { town: String street: String @entityCache(maxAge: 5) secret: String @entityCache(maxAge: 0) }
  type Picture @key(fields: "id") { id: ID! url: String @entityCache(maxAge: 40) }
  type Note @key(fields: "place { id }") { place: Place! text: String @entityCache(maxAge: 9) }
  type Place { id: ID! }
  union Any = Address | Picture`);
const source = { schema, marks: readCacheMarks(schema) };

const policyOf = (query: string) =>
  [...readFetchPolicy(query, source)].map(([type, { maxAge, isPerViewer }]) => [type, maxAge, isPerViewer]);
const ofUser = (fields: string) =>
  policyOf(
    `query($representations: [_Any!]!, $n: Int) { _entities(representations: $representations) { ... on User { ${fields} } } }`,
  );

test.each<[string, number, boolean]>([
  ['name', 60, false],
  ['__typename id called: name', 60, false],
  ['name bio', 30, false],
  ['name relation', 10, true],
  ['address { town }', 20, false],
  ['address { town street }', 5, false],
  ['picture { __typename id }', 40, false],
  ['... on User { name ... { bio } }', 30, false],
])('%s may be kept for %s s', (fields, maxAge, isPerViewer) => {
  expect(ofUser(fields)).toEqual([['User', maxAge, isPerViewer]]);
});

test.each([
  ['a field without a mark', 'name unmarked'],
  ['a field that must never be', 'name never'],
  ['one below a field that may', 'address { town secret }'],
  ['a field of another entity', 'picture { id url }'],
  ['a field of several types', 'any { ... on Address { town } }'],
  ['nothing but the key', 'id'],
])('%s forbids it', (_, fields) => {
  expect(ofUser(fields)).toEqual([]);
});

test('types of one fetch are decided on their own, and a key that is no plain value names no entity', () => {
  const query = `query($representations: [_Any!]!) { _entities(representations: $representations) {
    ... on User { unmarked } ... on Picture { url } ... on Note { text } } }`;
  expect(policyOf(query)).toEqual([['Picture', 40, false]]);
});

test('fragments are followed', () => {
  const query = (fields: string) => `query($representations: [_Any!]!) {
    _entities(representations: $representations) { ... on User { ...F } } } fragment F on User { ${fields} }`;
  expect(policyOf(query('name'))).toEqual([['User', 60, false]]);
  expect(policyOf(query('unmarked'))).toEqual([]);
});

test('what is asked for is one text whatever the operation, and says whether variables matter', () => {
  const [plain] = readFetchPolicy(
    'query A($representations: [_Any!]!) { _entities(representations: $representations) { ... on User { name } } }',
    source,
  ).values();
  const [same] = readFetchPolicy(
    'query B__1($representations: [_Any!]!) {\n_entities(representations: $representations) { ... on User {name} } }',
    source,
  ).values();
  const [other] = readFetchPolicy(
    'query($representations: [_Any!]!, $n: Int) { _entities(representations: $representations) { ... on User { bio(length: $n) } } }',
    source,
  ).values();
  expect(plain?.selection).toBe(same?.selection);
  expect([plain?.usesVariables, other?.usesVariables]).toEqual([false, true]);
});

test.each(['{ a { name } }', 'query($r: [_Any!]!) { e: _entities(representations: $r) { ... on User { name } } }'])(
  'fetches that are not for entities are left alone: %s',
  (query) => {
    expect(policyOf(query)).toEqual([]);
  },
);

test('a directive of the same name that is not ours marks nothing', () => {
  const unmarked = read('type Query { a: Int } type A @key(fields: "id") { id: ID! b: Int }');
  expect(readCacheMarks(unmarked).isEmpty).toBe(true);
});
