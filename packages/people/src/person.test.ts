import { describe, expect, it } from 'vitest';
import { isHidden, isReachable } from './person.ts';

describe('the status of an account', () => {
  it.each([
    ['Active', false, true],
    [undefined, false, true],
    ['Suspended', false, false],
    ['Inactive', true, false],
    ['Deleted', true, false],
  ] as const)('%s: hidden %s, takes part %s', (status, hidden, reachable) => {
    expect([isHidden(status), isReachable(status)]).toEqual([hidden, reachable]);
  });
});
