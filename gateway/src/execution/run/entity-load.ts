import type { CompiledFetch } from '../plan/compiled-fetch.ts';
import { fillMissing } from '../plan/fetch-outputs.ts';
import { isTreeObject, type MergeContext, mergeInto, type TreeObject } from '../tree/response-tree.ts';
import { placeError } from '../tree/tree-errors.ts';
import type { PlacedError } from './subgraph-errors.ts';

/** What is asked for once: an entity by its representation, or the fields of a root fetch. */
export interface Load {
  /** Fetches that wait for it. */
  readonly waiters: WaitingFetch[];
  isSettled: boolean;
  /** The subgraph's object; anything else means that there is none. */
  received: unknown;
  errors: readonly PlacedError[];
}

/** A fetch that waits for its loads, with the objects that each belongs to. */
export interface WaitingFetch {
  readonly fetch: CompiledFetch;
  readonly loads: ReadonlyMap<Load, readonly TreeObject[]>;
  remaining: number;
  readonly done: () => void;
}

/** A load that nobody has asked for yet. */
export const createLoad = (): Load => ({ waiters: [], isSettled: false, received: undefined, errors: [] });

/** An error that no field is named by belongs to what is missing; when nothing is, to the first field. */
function placeUnnamed(run: MergeContext, fetch: CompiledFetch, target: TreeObject, { error }: PlacedError): void {
  const keys = topKeys(run, fetch.outputs, target);
  const missing = keys.filter((key) => target[key] == null);
  for (const key of missing.length > 0 ? missing : keys.slice(0, 1)) placeError(run.errors, target, [key], error);
}

function topKeys(run: MergeContext, outputs: CompiledFetch['outputs'], target: TreeObject): string[] {
  const typeName = String(target.__typename);
  return outputs.flatMap((output) => {
    if (output.kind === 'field') return output.key === '__typename' ? [] : [output.key];
    const { condition } = output;
    const isFor = condition === undefined || !target.__typename || run.types.isOfType(typeName, condition);
    return isFor ? topKeys(run, output.outputs, target) : [];
  });
}

function applyTo(run: MergeContext, fetch: CompiledFetch, load: Load, target: TreeObject): void {
  const { received, errors } = load;
  if (isTreeObject(received)) mergeInto(target, received, fetch.trie, run);
  if (errors.length === 0) {
    if (!isTreeObject(received)) fillMissing(target, fetch.outputs, [], fetch.trie, run);
    return;
  }
  for (const { path, error } of errors) if (path.length > 0) placeError(run.errors, target, path, error);
  if (isTreeObject(received)) {
    for (const error of errors) if (error.path.length === 0) placeUnnamed(run, fetch, target, error);
  } else {
    // The whole object is gone because of these: each field says why, and so does its type, if it isn't known.
    if (!run.types.isConcrete(String(target.__typename))) {
      for (const { path, error } of errors)
        run.errors.add(target, '__typename', { ...error, rest: path, isLoss: false });
    }
    const unnamed = errors.filter(({ path }) => path.length === 0);
    const why = unnamed.length > 0 ? unnamed : errors.slice(0, 1);
    fillMissing(
      target,
      fetch.outputs,
      why.map(({ error }) => ({ ...error, rest: [], isLoss: true })),
      fetch.trie,
      run,
    );
  }
}

/** Puts what a fetch waited for into the tree. */
export function applyLoads(run: MergeContext, { fetch, loads }: Pick<WaitingFetch, 'fetch' | 'loads'>): void {
  for (const [load, targets] of loads) for (const target of targets) applyTo(run, fetch, load, target);
}
