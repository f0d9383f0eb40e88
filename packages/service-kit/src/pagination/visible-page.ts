import { type Connection, type PageRequest, toConnection } from './connection.ts';
import type { CursorCodec } from './cursor-codec.ts';

/** Most rows that are read to fill one page. Beyond it a page is shorter than asked for, with a cursor to go on. */
export const MAX_ROWS_READ = 500;

/** How to read a list of which the viewer may see some rows only. */
export interface VisibleListOptions<Row, Key, Node> {
  readonly request: PageRequest<Key>;
  readonly codec: CursorCodec<Key>;
  readonly keyOf: (row: Row) => Key;
  /** Up to `limit` rows past the cursor; fewer only at the end of the list. */
  readonly read: (request: PageRequest<Key>) => Promise<readonly Row[]>;
  /** For each row what the viewer sees, or null. */
  readonly show: (rows: readonly Row[]) => Promise<ReadonlyArray<Node | null>>;
}

interface Shown<Row, Node> {
  readonly row: Row;
  readonly node: Node;
}

async function collect<Row, Key, Node>(options: VisibleListOptions<Row, Key, Node>) {
  const { request, keyOf } = options;
  const shown: Shown<Row, Node>[] = [];
  let cursor = request.cursor;
  let rowsRead = 0;
  let isAtEnd = false;
  while (!isAtEnd && shown.length <= request.limit && rowsRead < MAX_ROWS_READ) {
    // The first look fits when everything may be seen; a second one is due to a filter, so it reads more at once.
    const limit = rowsRead === 0 ? request.limit + 1 : MAX_ROWS_READ / 5;
    const { direction } = request;
    const rows = await options.read({ limit, direction, ...(cursor === undefined ? {} : { cursor }) });
    const nodes = await options.show(rows);
    rows.forEach((row, index) => {
      const node = nodes[index];
      if (node !== null && node !== undefined) shown.push({ row, node });
    });
    rowsRead += rows.length;
    isAtEnd = rows.length < limit;
    const last = rows.at(-1);
    if (last !== undefined) cursor = keyOf(last);
  }
  return { shown, cursor, isAtEnd };
}

/**
 * A page of the rows that the viewer may see: hidden rows don't make it shorter, and nothing tells that there were any.
 * Reading is bounded; if the bound is reached first, the page ends early and its cursor goes on after the last row read.
 */
export async function visibleConnection<Row, Key, Node>(
  options: VisibleListOptions<Row, Key, Node>,
): Promise<Connection<Node>> {
  const { request, codec, keyOf } = options;
  const { shown, cursor, isAtEnd } = await collect(options);
  const isFull = shown.length > request.limit;
  const page = { rows: shown.slice(0, request.limit), hasMore: isFull || !isAtEnd };
  const connection = toConnection(
    page,
    request,
    codec,
    ({ row }) => keyOf(row),
    ({ node }) => node,
  );
  if (isFull || isAtEnd || cursor === undefined) return connection;
  const reached = codec.encode(cursor);
  const pageInfo =
    request.direction === 'forward'
      ? { ...connection.pageInfo, endCursor: reached }
      : { ...connection.pageInfo, startCursor: reached };
  return { ...connection, pageInfo };
}
