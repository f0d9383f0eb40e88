import { describe, expect, it } from 'vitest';
import type { Member } from './conversation.ts';
import { pageOfAll } from './conversation-reader.ts';

const member = (userId: string, joinedSequence: number) => ({ userId, joinedSequence }) as Member;
const all = [member('a', 1), member('b', 1), member('c', 3)];

describe('a page of members that are all at hand', () => {
  it.each([
    ['forward', undefined, 2, ['a', 'b'], true],
    ['forward', { joinedSequence: 1, userId: 'a' }, 2, ['b', 'c'], false],
    ['forward', { joinedSequence: 3, userId: 'c' }, 2, [], false],
    ['forward', { joinedSequence: 2, userId: 'left' }, 2, ['c'], false],
    ['backward', undefined, 2, ['c', 'b'], true],
    ['backward', { joinedSequence: 1, userId: 'b' }, 2, ['a'], false],
  ] as const)('%s past %j, at most %i', (direction, cursor, limit, expected, hasMore) => {
    const page = pageOfAll(all, { limit, direction, ...(cursor ? { cursor } : {}) });
    expect(page.rows.map(({ userId }) => userId)).toEqual(expected);
    expect(page.hasMore).toBe(hasMore);
  });
});
