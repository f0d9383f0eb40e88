import { BadUserInputError } from '../errors/app-error.ts';
import type { CursorCodec } from './cursor-codec.ts';

/** Rows on a page when the client doesn't say (specification, 1857). */
export const DEFAULT_PAGE_SIZE = 20;
/** Rows on a page at the most (specification, 1857). */
export const MAX_PAGE_SIZE = 50;

/** Relay's arguments of a connection, as they arrive. */
export interface ConnectionArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** What a repository is asked for: `limit` rows past `cursor`, in the list's order or against it. */
export interface PageRequest<Key> {
  readonly limit: number;
  /** `forward` follows the list's order from `cursor`; `backward` goes against it. */
  readonly direction: 'forward' | 'backward';
  readonly cursor?: Key;
}

/** Rows in the order they were read (against the list's order for a `backward` page), and whether there are more. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly hasMore: boolean;
}

/** Relay's connection. */
export interface Connection<Node> {
  readonly edges: ReadonlyArray<{ readonly cursor: string; readonly node: Node }>;
  readonly nodes: readonly Node[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

function pageSize(name: string, size: number, maximum: number): number {
  if (Number.isInteger(size) && size >= 1 && size <= maximum) return size;
  throw new BadUserInputError(`"${name}" must be from 1 to ${maximum}.`, { details: { argument: name } });
}

/**
 * Checks Relay's arguments and says what to read.
 *
 * @param maximum rows at the most; more than {@link MAX_PAGE_SIZE} only for lists that no client can ask for.
 * @throws BadUserInputError for a size out of bounds, both directions at once, or a foreign cursor.
 */
export function pageRequest<Key>(
  args: ConnectionArguments,
  codec: CursorCodec<Key>,
  maximum: number = MAX_PAGE_SIZE,
): PageRequest<Key> {
  const isBackward = args.last != null || args.before != null;
  if (isBackward && (args.first != null || args.after != null)) {
    throw new BadUserInputError('Give "first" and "after", or "last" and "before", not both.');
  }
  const limit = isBackward
    ? pageSize('last', args.last ?? DEFAULT_PAGE_SIZE, maximum)
    : pageSize('first', args.first ?? DEFAULT_PAGE_SIZE, maximum);
  const cursor = isBackward ? args.before : args.after;
  return {
    limit,
    direction: isBackward ? 'backward' : 'forward',
    ...(cursor == null ? {} : { cursor: codec.decode(cursor) }),
  };
}

/** Cuts the extra row that a repository read to know whether there are more. */
export function toPage<Row>(rows: readonly Row[], limit: number): Page<Row> {
  return { rows: rows.slice(0, limit), hasMore: rows.length > limit };
}

/** Makes Relay's connection of a page. Rows of a backward page are turned into the list's order. */
export function toConnection<Row, Key, Node = Row>(
  page: Page<Row>,
  request: PageRequest<Key>,
  codec: CursorCodec<Key>,
  keyOf: (row: Row) => Key,
  nodeOf: (row: Row) => Node,
): Connection<Node> {
  const isBackward = request.direction === 'backward';
  const rows = isBackward ? [...page.rows].reverse() : page.rows;
  const edges = rows.map((row) => ({ cursor: codec.encode(keyOf(row)), node: nodeOf(row) }));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: isBackward ? request.cursor !== undefined : page.hasMore,
      hasPreviousPage: isBackward ? page.hasMore : request.cursor !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
