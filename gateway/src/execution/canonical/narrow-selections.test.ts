import { buildSchema, type DocumentNode, Kind, type OperationDefinitionNode, parse, print } from 'graphql';
import { expect, test } from 'vitest';
import { createNarrowing } from './narrow-selections.ts';

const schema = buildSchema(`
  interface Named { name: String maker: Named }
  interface Owned { owner: Person }
  type Person implements Named { name: String maker: Person }
  type Pet implements Named & Owned { name: String maker: Named owner: Person }
  union Any = Person | Pet
  type Query { any: Any }`);

function narrowed(typeName: 'Person' | 'Pet' | 'Owned', text: string): string {
  const document: DocumentNode = parse(`{${text}}`);
  const [operation] = document.definitions as [OperationDefinitionNode];
  const placeholder = () => ({ kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }) as const;
  const narrow = createNarrowing({ schema, fragmentOf: () => undefined, placeholder });
  const type = schema.getType(typeName) as Parameters<typeof narrow>[0];
  return narrow(type, operation.selectionSet.selections).map(print).join(' ').replace(/\s+/g, ' ');
}

test('for an object type nothing is left in fragments but what is behind a condition', () => {
  expect(narrowed('Person', '... on Named { name ... on Pet { owner { name } } ... on Any { name } }')).toBe(
    'name name',
  );
  expect(narrowed('Person', '... on Named @skip(if: $a) { name }')).toBe('... @skip(if: $a) { name }');
});

test('for an abstract type, fragments are left out that none of its objects can meet', () => {
  expect(narrowed('Owned', '... on Person { name } ... on Pet { name } ... on Any { __typename }')).toBe(
    '... on Pet { name } ... on Any { __typename }',
  );
});

test('below a field with a narrower type the same is done, and something is always left', () => {
  expect(narrowed('Person', '... on Named { maker { ... on Owned { owner { name } } ... on Named { name } } }')).toBe(
    'maker { name }',
  );
  expect(narrowed('Person', '... on Named { maker { ... on Pet { name } } }')).toBe('maker { __typename }');
});
