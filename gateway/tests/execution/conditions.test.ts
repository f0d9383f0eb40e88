import { afterAll, beforeEach, expect, test } from 'vitest';
import { createShop } from './shop.ts';

const outcomes: string[] = [];
const shop = createShop({ onPlanned: (_, outcome) => outcomes.push(outcome) });
beforeEach(() => {
  shop.calls.length = 0;
  outcomes.length = 0;
});
afterAll(() => shop.catalog.close());

test('an operation is planned once for each outcome of its conditions', async () => {
  const query = 'query ($a: Boolean!) { product(id: 1) { weight @include(if: $a) left @skip(if: $a) } }';
  const [yes, no] = [{ product: { weight: 3 } }, { product: { left: 1 } }];
  expect((await shop.execute(query, { a: true })).data).toEqual(yes);
  expect((await shop.execute(query, { a: false })).data).toEqual(no);
  expect((await shop.execute(query, { a: true })).data).toEqual(yes);
  expect(outcomes).toEqual(['planned', 'planned']);
});

test('nothing is called for what is left out', async () => {
  const query = 'query ($a: Boolean!) { product(id: 1) { weight ... @include(if: $a) { euros left } } }';
  expect((await shop.execute(query, { a: false })).data).toEqual({ product: { weight: 3 } });
  expect(shop.calls.map(({ service }) => service)).toEqual(['catalog']);
});

test('what was used lately is planned beforehand for the same conditions', async () => {
  const query = 'query ($b: Boolean!) { product(id: 1) { name @include(if: $b) } }';
  await shop.execute(query, { b: true });
  const [latest] = shop.catalog.recent(1);
  expect(latest?.conditions).toEqual({ b: true });
});

test('mutations run once each, in the order of the operation, whatever fragments and conditions they are in', async () => {
  const query = `mutation ($a: Boolean!) {
    ... @include(if: $a) { a: sell(id: 1) { left } }
    fill
    ... on Mutation @skip(if: false) { b: sell(id: 2) { left } a: sell(id: 1) { name } fill }
  }`;
  expect((await shop.execute(query, { a: true })).data).toEqual({
    a: { left: 1, name: 'name 1' },
    fill: 7,
    b: { left: 2 },
  });
  expect(shop.calls[0]?.query.match(/(?<=:)(?:sell|fill)/g)).toEqual(['sell', 'fill', 'sell']);
  shop.calls.length = 0;
  expect((await shop.execute(query, { a: false })).data).toEqual({ fill: 7, b: { left: 2 }, a: { name: 'name 1' } });
  expect(shop.calls[0]?.query.match(/(?<=:)(?:sell|fill)/g)).toEqual(['fill', 'sell', 'sell']);
});
