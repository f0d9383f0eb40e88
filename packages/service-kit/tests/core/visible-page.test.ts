import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createCursorCodec, MAX_ROWS_READ, pageRequest, visibleConnection } from '../../src/index.ts';

const codec = createCursorCodec('numbers', z.number());

/** A list of the numbers below `length`, of which the viewer sees some; counts what is read. */
function listOf(length: number, isSeen: (row: number) => boolean) {
  const numbers = Array.from({ length }, (_, row) => row);
  let rowsRead = 0;
  const page = (args: Parameters<typeof pageRequest>[0]) =>
    visibleConnection<number, number, number>({
      request: pageRequest(args, codec),
      codec,
      keyOf: (row) => row,
      async read({ cursor, direction, limit }) {
        const order = direction === 'forward' ? numbers : numbers.toReversed();
        const start = cursor === undefined ? 0 : order.indexOf(cursor) + 1;
        const rows = order.slice(start, start + limit);
        rowsRead += rows.length;
        return rows;
      },
      show: async (rows) => rows.map((row) => (isSeen(row) ? row : null)),
    });
  return { page, rowsRead: () => rowsRead };
}

describe('visibleConnection', () => {
  it('reads one row more than the page when all may be seen', async () => {
    const list = listOf(100, () => true);
    const { nodes, pageInfo } = await list.page({ first: 5 });
    expect([nodes, list.rowsRead()]).toEqual([[0, 1, 2, 3, 4], 6]);
    expect(pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  });

  it('fills the page past rows that may not be seen, in both directions', async () => {
    const { page } = listOf(100, (row) => row % 10 === 0);
    expect((await page({ first: 3 })).nodes).toEqual([0, 10, 20]);
    expect((await page({ last: 3 })).nodes).toEqual([70, 80, 90]);
  });

  it('says that there is no more when only hidden rows follow', async () => {
    const { page } = listOf(100, (row) => row < 3);
    expect(await page({ first: 3 })).toMatchObject({ nodes: [0, 1, 2], pageInfo: { hasNextPage: false } });
    expect(await page({ first: 5 })).toMatchObject({ nodes: [0, 1, 2], pageInfo: { hasNextPage: false } });
  });

  it('is empty with empty cursors when nothing may be seen', async () => {
    const { page } = listOf(50, () => false);
    expect(await page({ first: 5 })).toEqual({
      edges: [],
      nodes: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });

  it('reads a bounded number of rows, and goes on from there with the cursor of an early end', async () => {
    const list = listOf(3_000, (row) => row === 2 || row === 1_800);
    const seen: number[] = [];
    let after: string | null = null;
    for (let pages = 1; ; pages += 1) {
      const before = list.rowsRead();
      const connection = await list.page({ first: 10, after });
      expect(list.rowsRead() - before).toBeLessThan(MAX_ROWS_READ + 200);
      seen.push(...connection.nodes);
      after = connection.pageInfo.endCursor;
      if (!connection.pageInfo.hasNextPage) break;
      expect(pages).toBeLessThan(10);
    }
    expect(seen).toEqual([2, 1_800]);
  });

  it('goes back the same way', async () => {
    const { page } = listOf(3_000, (row) => row === 2);
    let connection = await page({ last: 10 });
    while (connection.pageInfo.hasPreviousPage) {
      connection = await page({ last: 10, before: connection.pageInfo.startCursor });
    }
    expect(connection.nodes).toEqual([2]);
  });
});
