import { buildSchema, Kind, type OperationDefinitionNode, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { costOf } from './operation-cost.ts';

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
  return costOf(schema, document, operation as OperationDefinitionNode);
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
