import { expect, test } from 'vitest';
import { mendSupergraph } from './mend-supergraph.ts';

const GRAPHS = 'enum join__Graph { A @join__graph(name: "a", url: "") B @join__graph(name: "b", url: "") }';
const sdl = (product: string) => `${GRAPHS} type Query { p: Product } ${product}`;

test('an input under arguments gets a field of its own, wherever the field itself is', () => {
  const mended = mendSupergraph(
    sdl(`type Product @join__type(graph: A, key: "id") @join__type(graph: B, key: "id") {
      id: ID! price(currency: String): Int @join__field(graph: A) @join__field(graph: B, external: true)
      usd: Int @join__field(graph: B, requires: "price(currency: \\"USD\\")")
      plain: Int @join__field(graph: B, requires: "price") }`),
  );
  expect(mended.isChanged).toBe(true);
  expect([...mended.requirements]).toEqual([['req__price__0', { field: 'price', arguments: 'currency:"USD"' }]]);
  expect(mended.sdl).toContain('req__price__0: Int @join__field(graph: A) @join__field(graph: B, external: true)');
  expect(mended.sdl).toContain('requires: "req__price__0"');
  expect(mended.needs.get('b Product.usd')?.get('price')).toBe('req__price__0');
  expect(mended.needs.get('b Product.plain')?.get('price')).toBe('price');
});

test('a key that is not resolved is left out where another is, and kept where it is the only one', () => {
  const two = sdl(
    'type Product @join__type(graph: A, key: "id", resolvable: false) @join__type(graph: A, key: "sku") { id: ID }',
  );
  expect(mendSupergraph(two).sdl).not.toContain('key: "id"');
  const one = sdl('type Product @join__type(graph: A, key: "id", resolvable: false) { id: ID }');
  expect(mendSupergraph(one)).toMatchObject({ sdl: one, isChanged: false });
});
