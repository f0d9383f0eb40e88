import type { TreeObject } from './response-tree.ts';

/** An error that waits in the tree to be written at a client's path. */
export interface TreeError {
  readonly message: string;
  /** The subgraph's, `serviceName` added. */
  readonly extensions: Readonly<Record<string, unknown>>;
  /** Canonical path below the place where it waits, as the subgraph knew more of it than was answered. */
  readonly rest: readonly (string | number)[];
  /**
   * The subgraph didn't say this about the field but about something else, with which the field was lost: what is computed
   * from it can't be, and where there is an error of the thing itself, this one isn't told.
   */
  readonly isLoss: boolean;
}

/** A place in the tree: an object or list, and the key in it. */
export type Holder = TreeObject | unknown[];

/** The errors of one execution by their places. Nothing is allocated before there is one. */
export interface TreeErrors {
  readonly isEmpty: boolean;
  add(holder: Holder, key: string | number, error: TreeError): void;
  at(holder: Holder, key: string | number): readonly TreeError[];
  /** All errors of an object or list, by key; of a key that comes twice, the later ones count. */
  entries(holder: Holder): readonly (readonly [string | number, readonly TreeError[]])[];
  /** Errors of an object or list are those of its copy too. */
  copy(from: Holder, to: Holder): void;
}

const NONE: readonly TreeError[] = [];

/**
 * Makes a collection.
 *
 * @param base errors that are known as well, and not added to: those of a tree that others go on from, too.
 */
export function createTreeErrors(base?: TreeErrors): TreeErrors {
  let places: Map<Holder, Map<string | number, readonly TreeError[]>> | undefined;

  function at(holder: Holder, key: string | number): readonly TreeError[] {
    return places?.get(holder)?.get(key) ?? base?.at(holder, key) ?? NONE;
  }

  function keysOf(holder: Holder): Map<string | number, readonly TreeError[]> {
    places ??= new Map();
    const keys = places.get(holder) ?? new Map<string | number, readonly TreeError[]>();
    places.set(holder, keys);
    return keys;
  }

  return {
    get isEmpty() {
      return places === undefined && (base?.isEmpty ?? true);
    },
    at,
    add(holder, key, error) {
      const known = at(holder, key);
      // Objects are shared between places of the tree: the same error comes to one by several ways.
      if (known.some(({ message, rest }) => message === error.message && rest.join() === error.rest.join())) return;
      keysOf(holder).set(key, [...known, error]);
    },
    entries: (holder) => [...(base?.entries(holder) ?? []), ...(places?.get(holder) ?? [])],
    copy(from, to) {
      if (places === undefined && (base?.isEmpty ?? true)) return;
      const entries = [...(base?.entries(from) ?? []), ...(places?.get(from) ?? [])];
      if (entries.length > 0) {
        const keys = keysOf(to);
        for (const [key, errors] of entries) keys.set(key, errors);
      }
    },
  };
}

const childOf = (holder: Holder, key: string | number): unknown => (holder as TreeObject)[key];

/**
 * Puts an error at the first `null` on its way, or at what wasn't answered at all, where the writer finds it. Objects may
 * be others' too, and aren't written into.
 *
 * @param path from the holder, in canonical names, not empty.
 */
export function placeError(
  errors: TreeErrors,
  holder: Holder,
  path: readonly (string | number)[],
  error: Omit<TreeError, 'rest' | 'isLoss'>,
): void {
  let at = holder;
  for (let i = 0; i < path.length; i += 1) {
    const key = path[i] as string | number;
    const value = childOf(at, key);
    const isLast = i === path.length - 1;
    if (value === null || typeof value !== 'object' || isLast) {
      errors.add(at, key, { ...error, rest: path.slice(i + 1), isLoss: false });
      return;
    }
    at = value as Holder;
  }
}
