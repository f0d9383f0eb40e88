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
  /** Errors of an object or list are those of its copy too. */
  copy(from: Holder, to: Holder): void;
}

const NONE: readonly TreeError[] = [];

/** Makes an empty collection. */
export function createTreeErrors(): TreeErrors {
  let places: Map<Holder, Map<string | number, TreeError[]>> | undefined;
  return {
    get isEmpty() {
      return places === undefined;
    },
    add(holder, key, error) {
      places ??= new Map();
      const keys = places.get(holder) ?? new Map<string | number, TreeError[]>();
      places.set(holder, keys);
      const errors = keys.get(key) ?? [];
      // Objects are shared between places of the tree: the same error comes to one by several ways.
      if (!errors.some(({ message, rest }) => message === error.message && rest.join() === error.rest.join())) {
        keys.set(key, [...errors, error]);
      }
    },
    at: (holder, key) => places?.get(holder)?.get(key) ?? NONE,
    copy(from, to) {
      const keys = places?.get(from);
      if (keys) places?.set(to, new Map(keys));
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
