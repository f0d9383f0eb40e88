import type { GraphQLFormattedError } from 'graphql';
import type { SubgraphAnswer } from '../../upstream/subgraph-answer.ts';
import type { CompiledFetch } from '../plan/compiled-fetch.ts';
import { applyRewrites } from '../plan/rewrites.ts';
import type { Variables } from '../prepared-operation.ts';
import { createInterner, type Interner, ownAlong } from '../tree/path-trie.ts';
import type { TypeRelations } from '../tree/response-tree.ts';
import { type CallSlot, mergeTexts } from './call-texts.ts';
import { applyLoads, createLoad, type Load, type WaitingFetch } from './entity-load.ts';
import type { ExecutionRun } from './execution-run.ts';
import { foreignError, type PlacedError, renamedPath } from './subgraph-errors.ts';

/** Loads that one fetch asks for in the next call. */
interface Group {
  readonly fetch: CompiledFetch;
  /** JSON texts of values from objects above, in the order of the fetch's contexts. */
  readonly contexts: readonly string[];
  readonly loads: Load[];
  /** One for each load of an entity fetch. */
  readonly representations: string[];
}

/** What a fetch asks for: a representation with the objects that it stands for, under the values of its contexts. */
export interface EntityRequest {
  readonly representation: string;
  readonly contexts: readonly string[];
  readonly targets: readonly Record<string, unknown>[];
}

/** Collects the calls of one execution, so that all that becomes ready by one answer goes out together. */
export interface CallQueue {
  addRoot(fetch: CompiledFetch, targets: readonly Record<string, unknown>[], done: () => void): void;
  addEntities(fetch: CompiledFetch, requests: readonly EntityRequest[], done: () => void): void;
  /** Sends what has been added. */
  flush(): void;
}

/** Options of {@link createCallQueue}. */
export interface CallQueueOptions {
  readonly run: () => ExecutionRun;
  /** Whether a fetch of this text may go out together with others. */
  readonly isMergeable: (query: string) => boolean;
  /** Ends the execution with a fault of ours. */
  readonly fail: (error: unknown) => void;
}

/** JSON text of the variables of fetches, without the braces. */
function variablesText(fetches: readonly CompiledFetch[], variables: Variables): string[] {
  const names = new Set(fetches.flatMap(({ variableUsages }) => variableUsages));
  return [...names].flatMap((name) => {
    const text = JSON.stringify(variables[name]);
    return text === undefined ? [] : [`${JSON.stringify(name)}:${text}`];
  });
}

const contextText = ({ fetch, contexts }: Group) =>
  [...fetch.contexts.keys()].flatMap((name, index) => {
    const text = contexts[index];
    return text === undefined || text === '' ? [] : [`${JSON.stringify(name)}:${text}`];
  });

/** The errors of a call that belong to one of its fetches; with the index of the entity, when they name one. */
function errorsOf(answer: SubgraphAnswer, slot: CallSlot, slots: readonly CallSlot[]): GraphQLFormattedError[] {
  return (answer.errors ?? []).filter(({ path }) => {
    const name = path?.[0];
    if (typeof name !== 'string') return true;
    const owner = slots.find(({ alias }) => alias === name);
    if (owner !== undefined) return owner === slot;
    return slot.alias === undefined || slots.every(({ alias }) => alias !== undefined);
  });
}

/** Settles the loads of one group with its part of an answer. */
function settle(
  types: TypeRelations,
  group: Pick<Group, 'fetch' | 'loads'>,
  answer: SubgraphAnswer,
  slot: CallSlot,
  slots: readonly CallSlot[],
): void {
  const { fetch, loads } = group;
  const list = slot.alias === undefined ? undefined : answer.data?.[slot.alias];
  const errors = errorsOf(answer, slot, slots);
  const interner = createInterner();
  loads.forEach((load, index) => {
    const sent = slot.alias === undefined ? answer.data : Array.isArray(list) ? list[index] : undefined;
    load.received = receive(sent, fetch, types, interner);
    load.isSettled = true;
    if (errors.length > 0) load.errors = errors.flatMap((error) => placedFor(error, fetch, slot, index));
  });
}

/** A load that an answer is there for already: that of a root fetch. */
export function settledLoad(fetch: CompiledFetch, answer: SubgraphAnswer, types: TypeRelations): Load {
  const load = createLoad();
  const slot: CallSlot = { fetch, alias: undefined, variable: '' };
  settle(types, { fetch, loads: [load] }, answer, slot, [slot]);
  return load;
}

/** An answer may be others' too: what is to be changed of it is copied. */
function receive(sent: unknown, fetch: CompiledFetch, types: TypeRelations, interner: Interner): unknown {
  if (fetch.outputRewrites.length === 0) return ownAlong(sent, fetch.trie, interner);
  const received = structuredClone(sent);
  applyRewrites(received, fetch.outputRewrites, types);
  return received;
}

function placedFor(
  error: GraphQLFormattedError,
  fetch: CompiledFetch,
  slot: CallSlot,
  index: number,
): readonly PlacedError[] {
  const path = error.path ?? [];
  const placed = foreignError(error, fetch.service);
  if (slot.alias === undefined) return [{ error: placed, path: renamedPath(path, fetch.renamed) }];
  if (path[0] !== slot.alias || typeof path[1] !== 'number') return [{ error: placed, path: [] }];
  if (path[1] !== index) return [];
  return [{ error: placed, path: renamedPath(path.slice(2), fetch.renamed) }];
}

/** Makes the queue of one execution. */
export function createCallQueue(options: CallQueueOptions): CallQueue {
  /** All that was asked for in this execution, so that nothing is asked for twice. */
  const known = new Map<string, Map<string, Load>>();
  let queued: Group[] = [];

  function finish(waiting: WaitingFetch): void {
    applyLoads(options.run(), waiting);
    waiting.done();
  }

  function wait(waiting: WaitingFetch): void {
    for (const load of waiting.loads.keys()) {
      if (load.isSettled) continue;
      waiting.remaining += 1;
      load.waiters.push(waiting);
    }
    if (waiting.remaining === 0) finish(waiting);
  }

  function release(loads: readonly Load[]): void {
    const ready: WaitingFetch[] = [];
    for (const load of loads) {
      for (const waiter of load.waiters) {
        waiter.remaining -= 1;
        if (waiter.remaining === 0) ready.push(waiter);
      }
      load.waiters.length = 0;
    }
    for (const waiter of ready) finish(waiter);
  }

  function groupFor(fetch: CompiledFetch, contexts: readonly string[]): Group {
    const found = queued.find(
      (group) =>
        group.fetch.service === fetch.service &&
        group.fetch.representer !== undefined &&
        group.fetch.selection === fetch.selection &&
        group.contexts.join() === contexts.join(),
    );
    if (found) return found;
    const group: Group = { fetch, contexts, loads: [], representations: [] };
    queued.push(group);
    return group;
  }

  function knownOf(fetch: CompiledFetch, contexts: readonly string[]): Map<string, Load> {
    const key = [fetch.service, fetch.selection, ...contexts].join('\n');
    const loads = known.get(key) ?? new Map<string, Load>();
    known.set(key, loads);
    return loads;
  }

  async function send(groups: readonly Group[]): Promise<void> {
    const run = options.run();
    const fetches = groups.map(({ fetch }) => fetch);
    const [first] = groups;
    if (!first) return;
    const { fetch } = first;
    const isSingle = groups.length === 1;
    const single: CallSlot = {
      fetch,
      alias: fetch.representer ? '_entities' : undefined,
      variable: 'representations',
    };
    const { query, operationName, slots } = isSingle
      ? { query: fetch.query, operationName: fetch.operationName, slots: [single] }
      : mergeTexts(fetches);
    const merged = isSingle
      ? []
      : slots.flatMap(({ alias, variable }, index) =>
          alias === undefined ? [] : [`"${variable}":[${groups[index]?.representations.join(',')}]`],
        );
    const variables = [...merged, ...variablesText(fetches, run.variables), ...contextText(first)];
    const answer = await run.transport.send({
      service: fetch.service,
      operationType: fetch.operationType,
      query,
      operationName,
      variables: `{${variables.join(',')}}`,
      representations: isSingle && fetch.representer ? first.representations : undefined,
      context: run.context,
      isUnshared: run.isUnshared,
    });
    groups.forEach((group, index) => {
      const slot = slots[index];
      if (slot) settle(run.types, group, answer, slot, slots);
    });
    release(groups.flatMap(({ loads }) => loads));
    flush();
  }

  /** Which of the queued fetches go in one call. */
  function calls(groups: readonly Group[]): Group[][] {
    const byService = new Map<string, Group[]>();
    const result: Group[][] = [];
    for (const group of groups) {
      const { fetch } = group;
      if (!fetch.isMergeable || !options.isMergeable(fetch.query)) {
        result.push([group]);
        continue;
      }
      const together = byService.get(fetch.service);
      const isSecondRoot = !fetch.representer && together?.some((other) => !other.fetch.representer);
      if (together && !isSecondRoot) together.push(group);
      else {
        const call = [group];
        result.push(call);
        if (!together) byService.set(fetch.service, call);
      }
    }
    return result;
  }

  function flush(): void {
    if (queued.length === 0) return;
    const groups = queued;
    queued = [];
    for (const call of calls(groups)) send(call).catch(options.fail);
  }

  return {
    addRoot(fetch, targets, done) {
      // What was read before a mutation says nothing about after it.
      if (fetch.operationType === 'mutation') known.clear();
      const load = createLoad();
      queued.push({ fetch, contexts: [], loads: [load], representations: [] });
      wait({ fetch, loads: new Map([[load, [...targets]]]), remaining: 0, done });
    },
    addEntities(fetch, requests, done) {
      const loads = new Map<Load, readonly Record<string, unknown>[]>();
      let at: { contexts: readonly string[]; known: Map<string, Load>; group?: Group } | undefined;
      for (const { representation, contexts, targets } of requests) {
        if (at?.contexts !== contexts) at = { contexts, known: knownOf(fetch, contexts) };
        let load = at.known.get(representation);
        if (!load) {
          load = createLoad();
          at.known.set(representation, load);
          at.group ??= groupFor(fetch, contexts);
          at.group.loads.push(load);
          at.group.representations.push(representation);
        }
        const others = loads.get(load);
        loads.set(load, others ? [...others, ...targets] : targets);
      }
      wait({ fetch, loads, remaining: 0, done });
    },
    flush,
  };
}
