import { afterAll, expect, test } from 'vitest';
import { createFederation } from './fixture/federation.ts';

/** Three steps of one computation, of which the second is where the query begins. */
const federation = createFederation({
  catalog: {
    sdl: 'type Query { first: Item } type Item @key(fields: "id") { id: ID! price: Int }',
    resolvers: {
      Query: { first: () => ({ id: '1' }) },
      Item: { __resolveReference: (known: { id: string }) => known, price: () => 10 },
    },
  },
  stock: {
    sdl: `type Query { low: [Item!] } type Shelf { items: [Item!] }
      type Item @key(fields: "id") { id: ID! shelf: Shelf
        price: Int @external shipping: Int @requires(fields: "price")
        hint: String @external label: String @requires(fields: "hint") }`,
    resolvers: {
      Query: { low: () => [{ id: '1' }] },
      Item: {
        __resolveReference: (known: object) => known,
        shelf: () => ({ items: [{ id: '2' }] }),
        shipping: ({ price }: { price: number }) => price + 1,
        label: ({ hint }: { hint: string }) => `label of ${hint}`,
      },
    },
  },
  reviews: {
    sdl: `type Item @key(fields: "id") { id: ID! shipping: Int @external hint: String @requires(fields: "shipping") }`,
    resolvers: {
      Item: {
        __resolveReference: (known: object) => known,
        hint: ({ shipping }: { shipping: number }) => `ships for ${shipping}`,
      },
    },
  },
});
afterAll(() => federation.catalog.close());

test('a required field gets what it requires itself, though its own subgraph is where the object comes from', async () => {
  expect(await federation.execute('{ low { hint } }')).toEqual({
    data: { low: [{ hint: 'ships for 11' }] },
    errors: [],
  });
});

test('so does one that the client asks for too', async () => {
  const { data } = await federation.execute('{ low { shipping hint } }');
  expect(data).toEqual({ low: [{ shipping: 11, hint: 'ships for 11' }] });
});

test('so do all in a longer chain, deep in an entity’s own fields', async () => {
  const { data } = await federation.execute('{ first { shelf { items { label } } } low { label } }');
  const label = 'label of ships for 11';
  expect(data).toEqual({ first: { shelf: { items: [{ label }] } }, low: [{ label }] });
});

test('so does one behind a condition', async () => {
  const query = 'query ($a: Boolean!) { low { id hint @include(if: $a) } }';
  expect((await federation.execute(query, { a: true })).data).toEqual({ low: [{ id: '1', hint: 'ships for 11' }] });
  expect((await federation.execute(query, { a: false })).data).toEqual({ low: [{ id: '1' }] });
});
