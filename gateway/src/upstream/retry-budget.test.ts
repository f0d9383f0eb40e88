import { expect, test } from 'vitest';
import { createRetryBudget } from './retry-budget.ts';

const spendAll = (budget: ReturnType<typeof createRetryBudget>) => {
  let spent = 0;
  while (budget.spend()) spent += 1;
  return spent;
};

test('ten retries are there at once, then one for every ten calls', () => {
  const budget = createRetryBudget();
  expect(spendAll(budget)).toBe(10);
  for (let calls = 0; calls < 31; calls++) budget.earn();
  expect(spendAll(budget)).toBe(3);
});

test('no more than ten are saved up', () => {
  const budget = createRetryBudget();
  for (let calls = 0; calls < 1_000; calls++) budget.earn();
  expect(spendAll(budget)).toBe(10);
});
