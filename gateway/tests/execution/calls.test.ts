import { afterAll, beforeEach, expect, test } from 'vitest';
import { createShop } from './shop.ts';

const shop = createShop();
beforeEach(() => {
  shop.calls.length = 0;
});
afterAll(() => shop.catalog.close());

const services = () => shop.calls.map(({ service }) => service);

test('an entity that is in several places is asked for once', async () => {
  const { data } = await shop.execute('{ products { left } }');
  expect(data).toEqual({ products: [{ left: 1 }, { left: 2 }, { left: 1 }] });
  expect(shop.calls[1]?.variables.representations).toEqual([
    { __typename: 'Product', id: '1' },
    { __typename: 'Product', id: '2' },
  ]);
});

test('equal selections under two names are fetched once', async () => {
  const { data } = await shop.execute('{ a: product(id: 1) { n: name } b: product(id: 1) { n: name } }');
  expect(data).toEqual({ a: { n: 'name 1' }, b: { n: 'name 1' } });
  expect(shop.calls).toHaveLength(1);
  expect(shop.calls[0]?.query.match(/product\(/g)).toHaveLength(1);
});

test('fetches of one subgraph that are ready together are one call', async () => {
  const { data, errors } = await shop.execute('{ a: product(id: 1) { left } b: product(id: 2) { dollars euros } }');
  expect(errors).toEqual([]);
  expect(data).toEqual({ a: { left: 1 }, b: { dollars: '12 $', euros: '10 €' } });
  expect(services()).toEqual(['catalog', 'stock']);
});

test('the errors of a call that was put together are at the fields of their own part', async () => {
  const { data, errors } = await shop.execute('{ a: product(id: 1) { left } b: product(id: 2) { rare } }');
  expect(data).toEqual({ a: { left: 1 }, b: { rare: null } });
  expect(errors).toEqual([{ path: 'b.rare', message: 'not this one', code: 'NOT_THIS' }]);
  expect(services()).toEqual(['catalog', 'stock']);
});
