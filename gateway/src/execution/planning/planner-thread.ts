import { Worker } from 'node:worker_threads';
import type { LoadedSupergraph, PlannerMessage, PlannerSettings, PlanRequest } from './planner-messages.ts';

/** The worker's file lies beside this one, in the sources as in a bundle. */
const WORKER = new URL(`./planner-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** Memory that planning may take: what needs more ends its thread, not the gateway. */
const MAX_HEAP_MB = 1_024;

/** What became of one request. */
export type PlanOutcome = { readonly plan: string } | { readonly failure: string };

/** A thread that holds the planner of one supergraph. */
export interface PlannerThread {
  /** Resolves once the supergraph is read; rejects when it isn't usable. */
  readonly loaded: Promise<LoadedSupergraph>;
  /** Resolves once the planner is built. */
  readonly ready: Promise<void>;
  /** Rejects when the thread ends meanwhile. One request at a time. */
  plan(request: Omit<PlanRequest, 'id'>): Promise<PlanOutcome>;
  /** Milliseconds of processor time that the thread has used; it may be busy. Undefined where Node can't tell. */
  cpuMs(): Promise<number | undefined>;
  /** Ends the thread, whatever it is doing. */
  end(): Promise<void>;
}

/** Starts the thread. */
export function startPlannerThread(settings: PlannerSettings): PlannerThread {
  const worker = new Worker(WORKER, { workerData: settings, resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB } });
  const loaded = Promise.withResolvers<LoadedSupergraph>();
  const ready = Promise.withResolvers<void>();
  const waiting = new Map<number, PromiseWithResolvers<PlanOutcome>>();
  let lastId = 0;

  function fail(reason: Error): void {
    loaded.reject(reason);
    ready.reject(reason);
    for (const request of waiting.values()) request.reject(reason);
    waiting.clear();
  }

  function settle(id: number, outcome: PlanOutcome): void {
    waiting.get(id)?.resolve(outcome);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();
  }

  worker.on('message', (message: PlannerMessage) => {
    switch (message.type) {
      case 'loaded':
        return loaded.resolve({ apiSdl: message.apiSdl, subgraphs: message.subgraphs });
      case 'ready':
        // A process that has nothing else to do may end, planner or not.
        if (waiting.size === 0) worker.unref();
        return ready.resolve();
      case 'refused':
        return fail(new Error(message.message));
      case 'planned':
        return settle(message.id, { plan: message.plan });
      case 'failed':
        return settle(message.id, { failure: message.message });
      default:
        return message satisfies never;
    }
  });
  worker.on('error', (error: Error) => fail(error));
  worker.on('exit', () => fail(new Error("the planner's thread has ended")));
  // Whoever doesn't wait for these must not be ended by them.
  loaded.promise.catch(() => undefined);
  ready.promise.catch(() => undefined);

  return {
    loaded: loaded.promise,
    ready: ready.promise,
    async cpuMs() {
      const usage = await worker.cpuUsage?.();
      return usage && (usage.user + usage.system) / 1_000;
    },
    plan(request) {
      lastId += 1;
      const made = Promise.withResolvers<PlanOutcome>();
      waiting.set(lastId, made);
      worker.ref();
      worker.postMessage({ ...request, id: lastId } satisfies PlanRequest);
      return made.promise;
    },
    async end() {
      await worker.terminate();
    },
  };
}
