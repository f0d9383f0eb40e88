import { buildSchema, Kind, type OperationDefinitionNode, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { type CostEstimatorOptions, createCostEstimator, LARGEST_COST } from './cost-estimator.ts';
import { readCostRules } from './cost-rules.ts';

const schema = buildSchema(`
  type Query { me: Person, names: [String!]!, feed(first: Int, last: Int): ItemConnection, search: [Item!]! }
  type Mutation { rename(name: String!): RenamePayload }
  type Subscription { came: Item }
  type RenamePayload { person: Person, errors: [Error!]! }
  type Error { code: String! }
  type Person { name: String!, tags: [String!]!, friends(first: Int, last: Int): PersonConnection, boss: Person }
  type PersonConnection { edges: [PersonEdge!]!, nodes: [Person!]!, total: Int!, page: Page! }
  type PersonEdge { node: Person! }
  type ItemConnection { nodes: [Item!]!, page: Page! }
  type Page { hasNext: Boolean! }
  interface Item { id: ID!, author: Person! }
  type Photo implements Item { id: ID!, author: Person!, album: Album! }
  type Album { title: String!, owner: Person! }
  type Note implements Item { id: ID!, author: Person! }
`);

function cost(source: string): number {
  const document = parse(source);
  expect(validate(schema, document)).toEqual([]);
  const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  return createCostEstimator(schema)({ document, operation: operation as OperationDefinitionNode }).cost;
}

describe('the cost of an operation', () => {
  it.each<[string, string, number]>([
    ['leaves cost nothing', '{ names __typename }', 0],
    ['an object costs 1', '{ me { name tags } }', 1],
    ['objects within one add up', '{ me { boss { boss { name } } } }', 3],
    ['a connection is as long as first says', '{ feed(first: 5) { nodes { id } } }', 1 + 5],
    ['or as last says', '{ feed(last: 7) { nodes { id } } }', 1 + 7],
    ['20 when it is not said', '{ feed { nodes { id } } }', 1 + 20],
    ['what is no item counts once', '{ feed(first: 5) { page { hasNext } nodes { id } } }', 1 + 1 + 5],
    ['edges are as long as nodes', '{ me { friends(first: 3) { edges { node { name } } } } }', 1 + 1 + 3 * 2],
    [
      'lists within lists multiply',
      '{ me { friends(first: 3) { nodes { friends(first: 4) { nodes { name } } } } } }',
      1 + 1 + 3 * (1 + 1 + 4),
    ],
    ['a list without a length counts as 10', '{ search { id } }', 10],
    ['a mutation costs 10 before its payload', 'mutation { rename(name: "x") { person { name } } }', 10 + 1],
    ['its errors are a list', 'mutation { rename(name: "x") { errors { code } } }', 10 + 10],
    ['a subscription costs what one event costs', 'subscription { came { author { name } } }', 2],
    ['a variable counts as its default', 'query ($n: Int = 8) { feed(first: $n) { nodes { id } } }', 1 + 8],
    ['or as the largest page without one', 'query ($n: Int) { feed(first: $n) { nodes { id } } }', 1 + 50],
    ['the same field twice is one field', '{ me { name } me { boss { name } } }', 2],
    ['under two names it is two', '{ me { name } you: me { name } }', 2],
    [
      'fragments count where they are spread',
      '{ me { ...B boss { ...B } } } fragment B on Person { boss { name } }',
      3,
    ],
    [
      'of an interface the dearest type counts',
      '{ search { author { name } ... on Photo { album { owner { name } } } } }',
      10 * (1 + 1 + 2),
    ],
    ['fields of the other types do not', '{ search { ... on Note { author { name } } ... on Photo { id } } }', 10 * 2],
  ])('%s', (_rule, source, expected) => {
    expect(cost(source)).toBe(expected);
  });
});

const weighed = `
  schema @link(url: "https://specs.apollo.dev/cost/v0.1", import: ["@cost", { name: "@listSize", as: "@length" }]) { query: Query mutation: Mutation }
  directive @link(url: String, as: String, import: [Import]) repeatable on SCHEMA
  scalar Import
  directive @cost(weight: Int!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR
  directive @length(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION
  scalar Digest @cost(weight: 2)
  enum Mood @cost(weight: 3) { GOOD BAD }
  type Big @cost(weight: 40) { id: ID digest: Digest moods: [Mood!] small: Small }
  type Small { id: ID dear: Int @cost(weight: 5) cheap: Big @cost(weight: 0) }
  interface Node { id: ID score: Int @cost(weight: 6) }
  type A implements Node { id: ID score: Int }
  type B implements Node @cost(weight: 9) { id: ID score: Int @cost(weight: 4) }
  input Page { first: Int }
  input Filter { terms: [Term!] mood: Mood }
  input Term { word: String @cost(weight: 7) }
  type Items { items: [Small!]! related: [Small!] }
  type Mutation { change(input: Filter): Small pay: Small @cost(weight: 100) }
  type Query {
    big: Big small: Small node: Node matrix: [[Small!]!]
    search(filter: Filter, deep: Boolean @cost(weight: 20), mood: Mood): Small
    best: [Small!] @length(assumedSize: 3)
    first(limit: Int = 4, offset: Int): [Small!] @length(slicingArguments: ["limit"])
    one(first: Int, last: Int): [Small!] @length(slicingArguments: ["first", "last"], assumedSize: 30)
    either(first: Int, last: Int): [Small!] @length(slicingArguments: ["first", "last"], assumedSize: 30, requireOneSlicingArgument: false)
    items(page: Page): Items @length(slicingArguments: ["page.first"], sizedFields: ["items"], requireOneSlicingArgument: false)
    bargain(off: Boolean @cost(weight: -50)): Small
    pages(first: Int): Pages
  }
  type Pages { nodes: [Pages!]! deeper(first: Int): Pages }
`;
const weighedSchema = buildSchema(weighed, { assumeValid: true });

function estimate(source: string, variables?: Record<string, unknown>, options: CostEstimatorOptions = {}) {
  const document = parse(source);
  expect(validate(weighedSchema, document)).toEqual([]);
  const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  return createCostEstimator(weighedSchema, { rules: readCostRules(parse(weighed)), ...options })({
    document,
    operation: operation as OperationDefinitionNode,
    variables,
  });
}

describe('the cost directives', () => {
  it.each<[string, string, number]>([
    ['the weight of an object takes the place of 1', '{ big { id } }', 40],
    ['the weight of a scalar counts at each field', '{ big { digest other: digest } }', 40 + 2 + 2],
    ['the weight of an enum counts for each item of a list', '{ big { moods } }', 40 + 10 * 3],
    ["a field's weight goes before its type's", '{ small { dear cheap { id } } }', 1 + 5 + 0],
    ['an interface costs as its dearest type', '{ node { id } }', 9],
    ["a field of an interface costs as the type's own or as the interface's", '{ node { score } }', 9 + 4],
    ['a weight on the interface alone counts for its types', '{ node { ... on A { score } } }', 9],
    ['an argument that is given costs its weight', '{ search(deep: true) { id } }', 1 + 20],
    ['one that is null costs nothing', '{ search(deep: null) { id } }', 1],
    ["an argument costs its type's weight", '{ search(mood: GOOD) { id } }', 1 + 3],
    [
      'input objects cost 1 each and their fields',
      '{ search(filter: { terms: [{ word: "a" }, {}], mood: BAD }) { id } }',
      1 + 1 + (1 + 7) + 1 + 3,
    ],
    ['assumedSize is the length', '{ best { id } }', 3],
    ['a slicing argument is the length', '{ first(limit: 6) { id } }', 6],
    ["or the argument's default", '{ first { id } }', 4],
    ['of two the greater counts', '{ either(first: 2, last: 9) { id } }', 9],
    ['without one the assumed size does', '{ either { id } }', 30],
    [
      'sized fields have the length that an input object asks for',
      '{ items(page: { first: 7 }) { items { id } related { id } } }',
      1 + 7 + 10 + 1,
    ],
    ['lists of lists multiply', '{ matrix { id } }', 100],
    ["a mutation's weight goes before 10", 'mutation { pay { id } change(input: {}) { id } }', 100 + 10 + 1],
    ['a negative weight makes nothing cost less than nothing', '{ bargain(off: true) { id } }', 0],
    ['and takes nothing off its neighbours', '{ big { id } bargain(off: true) { id } }', 40],
  ])('%s', (_rule, source, expected) => {
    expect(estimate(source)).toEqual({ cost: expected, unsliced: [] });
  });

  it('ask for exactly one slicing argument unless they say otherwise', () => {
    expect(estimate('{ one { id } }')).toEqual({ cost: 30, unsliced: ['Query.one'] });
    expect(estimate('{ one(first: 1, last: 2) { id } }').unsliced).toEqual(['Query.one']);
    expect(estimate('query ($n: Int) { one(first: $n) { id } }', { n: null }).unsliced).toEqual(['Query.one']);
    expect(estimate('{ one(last: 2) { id } }')).toEqual({ cost: 2, unsliced: [] });
  });

  it('count values of variables as if they stood in the document', () => {
    const search = 'query ($f: Filter, $d: Boolean) { search(filter: $f, deep: $d) { id } }';
    expect(estimate(search, { f: { terms: [{ word: 'a' }] }, d: false }).cost).toBe(1 + 1 + 1 + 7 + 20);
    expect(estimate(search, {}).cost).toBe(1);
    expect(estimate('query ($n: Int) { either(first: $n) { id } }', { n: 12 }).cost).toBe(12);
  });

  it('leave out what the variables skip', () => {
    const source = 'query ($x: Boolean!) { big @include(if: $x) { id } ... @skip(if: $x) { small { id } } }';
    expect(estimate(source, { x: true }).cost).toBe(40);
    expect(estimate(source, { x: false }).cost).toBe(1);
    expect(estimate(source).cost).toBe(41);
  });
});

describe('what is sent to mislead the estimate', () => {
  const pages =
    'query ($n: Int) { pages(first: $n) { nodes { deeper(first: $n) { nodes { nodes { nodes { __typename } } } } } } }';

  it('counts a huge page in full', () => {
    expect(
      estimate('query ($n: Int) { pages(first: $n) { nodes { nodes { __typename } } } }', { n: 2_147_483_647 }).cost,
    ).toBe(1 + 2_147_483_647 * 11);
  });

  it('takes a negative page for an empty one, and null for the usual', () => {
    expect(estimate(pages, { n: -1_000_000 }).cost).toBe(1);
    expect(estimate('query ($n: Int) { pages(first: $n) { nodes { __typename } } }', { n: null }).cost).toBe(21);
  });

  it('stays a number when lengths multiply beyond all numbers', () => {
    const nested = (levels: number): string =>
      levels === 0 ? '__typename' : `deeper(first: 2147483647) { nodes { ${nested(levels - 1)} } }`;
    expect(estimate(`{ pages(first: 2147483647) { nodes { ${nested(40)} } } }`).cost).toBe(LARGEST_COST);
  });

  it('is found too expensive when interfaces within interfaces make the estimate itself expensive', () => {
    const types = ['A', 'B', 'C', 'D'];
    const wide = buildSchema(
      `interface N { n: N } ${types.map((name) => `type ${name} implements N { n: N }`).join(' ')} type Query { n: N }`,
    );
    const chain = (depth: number): string => (depth === 0 ? '__typename' : `n { ${chain(depth - 1)} }`);
    const split = (depth: number): string =>
      depth === 0
        ? '__typename'
        : `${types.map((name) => `... on ${name} { n { ${chain(depth)} ... on ${name} { __typename } } }`).join(' ')} n { ${split(depth - 1)} }`;
    const document = parse(`{ n { ${split(14)} } }`);
    const [operation] = document.definitions as OperationDefinitionNode[];
    const startedAt = performance.now();
    const { cost: found } = createCostEstimator(wide)({ document, operation: operation as OperationDefinitionNode });
    expect(found).toBe(LARGEST_COST);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
