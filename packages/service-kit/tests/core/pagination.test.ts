import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  BadUserInputError,
  type ConnectionArguments,
  createCursorCodec,
  type PageRequest,
  pageRequest,
  timeCursorCodec,
  toConnection,
  toPage,
} from '../../src/index.ts';

const codec = createCursorCodec('numbers', z.int());

/** What a repository does, over an array: keyset reads of one row more than asked for. */
function read(all: readonly number[], request: PageRequest<number>) {
  const { cursor, direction, limit } = request;
  const past =
    direction === 'forward'
      ? all.filter((n) => cursor === undefined || n > cursor)
      : all.filter((n) => cursor === undefined || n < cursor).reverse();
  return toPage(past.slice(0, limit + 1), limit);
}

function page(all: readonly number[], args: ConnectionArguments) {
  const request = pageRequest(args, codec);
  return toConnection(
    read(all, request),
    request,
    codec,
    (n) => n,
    (n) => n,
  );
}

describe('cursors of time and id', () => {
  const moments = timeCursorCodec('moments');
  const forged = (key: unknown) => Buffer.from(JSON.stringify(['moments', key])).toString('base64url');

  it('come back as they were', () => {
    const key = { at: new Date('2026-11-23T06:06:13.123Z'), id: '0123456789abcdef01234567' };
    expect(moments.decode(moments.encode(key))).toEqual(key);
  });

  it.each([
    [[9e15, '0123456789abcdef01234567']],
    [[-1, '0123456789abcdef01234567']],
    [[1.5, '0123456789abcdef01234567']],
    [[1, 'x']],
    [[1, { $gt: '' }]],
  ])('are refused when forged as %j', (key) => {
    expect(() => moments.decode(forged(key))).toThrow(BadUserInputError);
  });
});

describe('Relay connections', () => {
  it('default to twenty and take at most fifty', () => {
    const all = Array.from({ length: 100 }, (_, index) => index);
    expect(page(all, {}).nodes).toHaveLength(20);
    expect(page(all, { first: 50 }).nodes).toHaveLength(50);
  });

  it.each([{ first: 0 }, { first: 51 }, { first: -1 }, { last: 51 }, { first: 1, last: 1 }, { first: 1, before: 'x' }])(
    'refuse %o',
    (args) => {
      expect(() => page([1], args)).toThrow(BadUserInputError);
    },
  );

  it.each(['garbage', '', 'WyJvdGhlciIsMV0', timeCursorCodec('numbers').encode({ at: new Date(), id: 'a' })])(
    'refuse the foreign cursor %s',
    (after) => {
      expect(() => page([1], { after })).toThrow(BadUserInputError);
    },
  );

  it('give every item exactly once, forwards and backwards, whatever the page size', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer(), { maxLength: 60 }), fc.integer({ min: 1, max: 50 }), (items, size) => {
        const all = [...items].sort((a, b) => a - b);
        const forward: number[] = [];
        for (let after: string | null | undefined; ; ) {
          const result = page(all, { first: size, after });
          forward.push(...result.nodes);
          after = result.pageInfo.endCursor;
          if (!result.pageInfo.hasNextPage) break;
        }
        const backward: number[] = [];
        for (let before: string | null | undefined; ; ) {
          const result = page(all, { last: size, before });
          backward.unshift(...result.nodes);
          before = result.pageInfo.startCursor;
          if (!result.pageInfo.hasPreviousPage) break;
        }
        expect(forward).toEqual(all);
        expect(backward).toEqual(all);
      }),
    );
  });

  it('give the cursors of the page, and null for an empty one', () => {
    const result = page([1, 2, 3], { first: 2 });
    expect(result.pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: codec.encode(1),
      endCursor: codec.encode(2),
    });
    expect(page([], {}).pageInfo).toEqual({
      hasNextPage: false,
      hasPreviousPage: false,
      startCursor: null,
      endCursor: null,
    });
  });
});
