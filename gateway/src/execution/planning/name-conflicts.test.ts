import { buildSchema, Kind, type OperationDefinitionNode, parse, print } from 'graphql';
import { expect, test } from 'vitest';
import { withoutConflicts } from './name-conflicts.ts';

const schema = buildSchema(`
  type Query { all: [Any] } union Any = A | B
  type A { n: Int in: A2 } type A2 { m: Int } type B { n: Int! in: B2 } type B2 { m: Int! }`);

function resolve(text: string) {
  const [operation] = parse(text, { noLocation: true }).definitions as [OperationDefinitionNode];
  const type = schema.getQueryType();
  if (!type || operation.kind !== Kind.OPERATION_DEFINITION) throw new Error('no query');
  const result = withoutConflicts(operation, { type, set: operation.selectionSet }, schema);
  return { text: print(result.operation).replace(/\s+/g, ' '), rewrites: result.rewrites };
}

test('fields that a subgraph types differently are told apart, also below conditions', () => {
  expect(resolve('{ all { ... on A { n } ... @include(if: true) { ... on B { n } } } }')).toEqual({
    text: '{ all { ... on A { n } ... @include(if: true) { ... on B { n__shape_1: n } } } }',
    rewrites: [{ kind: 'KeyRenamer', path: ['all', '... on B', 'n__shape_1'], renameKeyTo: 'n' }],
  });
});

test('fields inside of objects that meet are told apart as well', () => {
  expect(resolve('{ all { ... on A { in { m } } ... on B { in { m } } } }').rewrites).toEqual([
    { kind: 'KeyRenamer', path: ['all', '... on B', 'in', 'm__shape_1'], renameKeyTo: 'm' },
  ]);
});

test('what does not conflict stays as it is', () => {
  expect(resolve('{ all { ... on A { n } ... on B { in { m } } } }').rewrites).toEqual([]);
});
