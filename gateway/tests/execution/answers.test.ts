import { afterAll, beforeEach, expect, test } from 'vitest';
import { nobody } from './fixture/federation.ts';
import { createShop } from './shop.ts';

const shop = createShop();
beforeEach(() => {
  shop.calls.length = 0;
  shop.scripted.clear();
});
afterAll(() => shop.catalog.close());

/** The careful writer answers the first time, generated code from then on. */
async function twice(query: string, variables?: Record<string, unknown>) {
  const first = await shop.execute(query, variables);
  expect(await shop.execute(query, variables)).toEqual(first);
  return first;
}

test('required inputs under other arguments than the client’s do not touch what the client asked for', async () => {
  const { data, errors } = await twice('{ product(id: 1) { price(currency: "CHF") euros dollars plain: price } }');
  expect(errors).toEqual([]);
  expect(data).toEqual({ product: { price: 0, euros: '10 €', dollars: '12 $', plain: 10 } });
});

test('an alias may be the name of a key, of an input or of anything else', async () => {
  const { data } = await twice('{ product(id: 1) { id: name price: weight __typename: left constructor: dollars } }');
  expect(data).toEqual({ product: { id: 'name 1', price: 3, __typename: 1, constructor: '12 $' } });
});

test('__typename may have any name, at the root too', async () => {
  const { data } = await twice('{ a: __typename product(id: 1) { b: __typename } }');
  expect(data).toEqual({ a: 'Query', product: { b: 'Product' } });
});

test('keys are in the order in which fields are first asked for under the conditions', async () => {
  const query = 'query ($a: Boolean!) { product(id: 1) { name @include(if: $a) weight name } }';
  expect(JSON.stringify((await twice(query, { a: true })).data)).toBe('{"product":{"name":"name 1","weight":3}}');
  expect(JSON.stringify((await twice(query, { a: false })).data)).toBe('{"product":{"weight":3,"name":"name 1"}}');
});

test('introspection is answered here, beside other fields', async () => {
  const { data } = await twice('{ __type(name: "Product") { name } product(id: 1) { weight } }');
  expect(data).toEqual({ __type: { name: 'Product' }, product: { weight: 3 } });
  expect(shop.calls.every(({ query }) => !query.includes('__type('))).toBe(true);
});

test('each root field of a mutation runs, in order, though two are alike', async () => {
  const { data } = await shop.execute('mutation { a: sell(id: 1) { left } fill b: sell(id: 1) { name } }');
  expect(data).toEqual({ a: { left: 1 }, fill: 7, b: { name: 'name 1' } });
  expect(shop.calls[0]?.query).toMatch(/sell\(.*fill.*sell\(/);
});

test('a thing that a subgraph does not know has null in that subgraph’s fields, and no error', async () => {
  const { data, errors } = await twice('{ product(id: "gone") { name left } }');
  expect([data, errors]).toEqual([{ product: { name: 'name gone', left: null } }, []]);
});

test('an error of one entity is at every place where it is, under the client’s names', async () => {
  const { data, errors } = await twice('{ all: products { r: rare } hottest { rare } }');
  expect(data).toEqual({ all: [{ r: 1 }, { r: null }, { r: 1 }], hottest: { rare: null } });
  expect(errors).toEqual([
    { path: 'all.1.r', message: 'not this one', code: 'NOT_THIS' },
    { path: 'hottest.rare', message: 'not this one', code: 'NOT_THIS' },
  ]);
});

test('a null that may not be takes its parent with it, and says why as the subgraph did', async () => {
  const { data, errors } = await twice('{ product(id: 1) { strict name } broken { name } }');
  expect(data).toEqual({ product: null, broken: null });
  expect(errors).toEqual([
    {
      path: 'product.strict',
      message: 'Cannot return null for non-nullable field Product.strict.',
      code: 'DOWNSTREAM_SERVICE_ERROR',
    },
    { path: 'broken', message: 'broken', code: 'BROKEN' },
  ]);
});

test('what depends on a call that failed carries the cause', async () => {
  shop.scripted.set('catalog', { data: null, errors: [{ message: 'away', extensions: { code: 'AWAY' } }] });
  const { data, errors } = await twice('{ hottest { left dollars name } }');
  expect(data).toEqual({ hottest: { left: 2, dollars: null, name: null } });
  expect(errors).toEqual([
    { path: 'hottest.dollars', message: 'away', code: 'AWAY' },
    { path: 'hottest.name', message: 'away', code: 'AWAY' },
  ]);
});

test.each([
  ['text where a number should be', { weight: 'x' }, 'INVALID_SUBGRAPH_ANSWER'],
  ['nothing where a value should be', {}, 'FIELD_NOT_RESOLVED'],
])('%s is null with an error', async (_, product, code) => {
  await shop.execute('{ product(id: 5) { weight } }');
  const alias = /\{(\w+):product/.exec(shop.calls[0]?.query ?? '')?.[1] ?? '';
  shop.scripted.set('catalog', { data: { [alias]: product } });
  const { data, errors } = await twice('{ product(id: 5) { weight } }');
  expect(data).toEqual({ product: { weight: null } });
  expect(errors).toMatchObject([{ path: 'product.weight', code }]);
});

test('a denied field is never fetched, and is null with its error', async () => {
  const prepared = await shop.prepare('{ hottest { left } product(id: 1) { name } }', (fields) => {
    const field = fields.get('hottest');
    return field ? [field] : [];
  });
  if (prepared.kind !== 'request') throw new Error('not a request');
  const { data, errors } = await prepared.execute({}, nobody);
  expect(data).toBe('{"hottest":null,"product":{"name":"name 1"}}');
  expect(errors.map(({ path, originalError }) => [path, originalError?.name])).toEqual([
    [['hottest'], 'UnauthorizedFieldError'],
  ]);
  expect(shop.calls.map(({ service }) => service)).toEqual(['catalog']);
});
