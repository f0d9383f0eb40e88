import type { FetchDataRewrite } from '@apollo/query-planner';
import { buildSchema } from 'graphql';
import { expect, test } from 'vitest';
import { createTreeErrors } from '../tree/tree-errors.ts';
import { createTypeRelations } from '../tree/type-relations.ts';
import { compileRepresenter, type RequiredField } from './representation.ts';

const types = createTypeRelations(
  buildSchema(`
    interface Media { id: ID } type Book implements Media { id: ID } type Film implements Media { id: ID } type Query { a: Media }`),
);
const field = (name: string, more: Partial<RequiredField> = {}): RequiredField => ({ kind: 'Field', name, ...more });
const on = (typeCondition: string, ...selections: RequiredField[]) =>
  ({ kind: 'InlineFragment', typeCondition, selections }) as const;

test('a representation has what the type of the object needs, each key once', () => {
  const requires = [on('Media', field('__typename'), field('id')), on('Book', field('id'), field('isbn'))];
  const { represent } = compileRepresenter(requires, [], types);
  const none = createTreeErrors();
  expect(represent({ __typename: 'Book', id: '"1"', isbn: 2, other: 3 }, none)).toBe(
    '{"__typename":"Book","id":"\\"1\\"","isbn":2}',
  );
  expect(represent({ __typename: 'Film', id: null }, none)).toBe('{"__typename":"Film","id":null}');
  expect(represent({ __typename: 'Query' }, none)).toBeUndefined();
});

test('a subgraph that knows the interface as an object gets the interface’s name', () => {
  const rewrite: FetchDataRewrite = { kind: 'ValueSetter', path: ['... on Book', '__typename'], setValueTo: 'Media' };
  const { represent } = compileRepresenter([on('Book', field('__typename'), field('id'))], [rewrite], types);
  expect(represent({ __typename: 'Book', id: 1 }, createTreeErrors())).toBe('{"__typename":"Media","id":1}');
});

test('inputs may be deep, in lists, and elsewhere in the tree than the subgraph’s name for them says', () => {
  const dims = field('dims', { selections: [field('size', { from: 'req__size__0' })] });
  const { represent } = compileRepresenter([on('Book', field('__typename'), dims)], [], types);
  const object = { __typename: 'Book', dims: [{ req__size__0: [1, 2] }, null] };
  expect(represent(object, createTreeErrors())).toBe('{"__typename":"Book","dims":[{"size":[1,2]},null]}');
});

test('an input that was lost gives its cause; one that failed by itself is null', () => {
  const { represent } = compileRepresenter([on('Book', field('__typename'), field('id'))], [], types);
  const error = { message: 'away', extensions: {}, rest: [] };
  const object = { __typename: 'Book', id: null };
  const [lost, failed] = [createTreeErrors(), createTreeErrors()];
  lost.add(object, 'id', { ...error, isLoss: true });
  failed.add(object, 'id', { ...error, isLoss: false });
  expect(represent(object, lost)).toMatchObject([{ message: 'away' }]);
  expect(represent(object, failed)).toBe('{"__typename":"Book","id":null}');
});
