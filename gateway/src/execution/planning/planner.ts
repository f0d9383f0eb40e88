import type { Logger } from '@postbook/service-kit/edge';
import { LRUCache } from 'lru-cache';
import type { LoadedSupergraph, PlanRequest } from './planner-messages.ts';
import { type PlannerThread, type PlanOutcome, startPlannerThread } from './planner-thread.ts';
import { PlanningFailedError, PlanningTimeoutError } from './planning-errors.ts';

/** Plans operations of one supergraph, one after the other. */
export interface Planner {
  /** What is in the supergraph; rejects when it isn't usable. */
  readonly loaded: Promise<LoadedSupergraph>;
  /** Resolves once it can plan. */
  readonly ready: Promise<void>;
  /**
   * The plan as JSON text.
   *
   * @throws PlanningTimeoutError when the budget is spent, and for a while after for the same text.
   * @throws PlanningFailedError when there is no plan.
   */
  plan(operation: Omit<PlanRequest, 'id'>): Promise<string>;
  close(): Promise<void>;
}

/** Options of {@link createPlanner}. */
export interface PlannerOptions {
  readonly supergraphSdl: string;
  readonly isValidated: boolean;
  /** Milliseconds of the thread's time that one operation may take; what it waits for others isn't counted. */
  readonly budgetMs: number;
  readonly log: Logger;
  /** Called with the milliseconds that each planning took. */
  readonly onPlanned?: ((milliseconds: number, outcome: 'planned' | 'failed' | 'timeout') => void) | undefined;
}

/** Milliseconds for which an operation that took too long is refused at once: planning it again would cost as much. */
const REFUSED_FOR_MS = 60_000;
/** Refused operations remembered. */
const MAX_REFUSED = 10_000;

const TIMED_OUT = Symbol('timed out');

/** What a thread made of an operation in its time, and the milliseconds that it took. */
interface Asked {
  readonly outcome: PlanOutcome | typeof TIMED_OUT;
  readonly took: number;
}

/** A promise of a thread that may be followed by another: late listeners must not crash the process. */
async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | typeof TIMED_OUT> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<typeof TIMED_OUT>((resolve) => {
    timer = setTimeout(resolve, milliseconds, TIMED_OUT);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** How many times its budget an operation may take by the clock, when the machine has no time for it. */
const LONGEST_WAIT = 40;

/**
 * Waits for a plan until its thread has used the budget up. By the thread's own time and not by the clock: on a busy
 * machine, or beside a garbage collection, an operation mustn't be refused for what others do.
 */
async function withinBudget<T>(thread: PlannerThread, begin: () => Promise<T>, budgetMs: number) {
  const before = await thread.cpuMs();
  const latest = performance.now() + budgetMs * LONGEST_WAIT;
  const promise = begin();
  let left = budgetMs;
  for (;;) {
    const outcome = await within(promise, left);
    if (outcome !== TIMED_OUT || before === undefined || performance.now() > latest) return outcome;
    left = budgetMs - (((await thread.cpuMs()) ?? Number.POSITIVE_INFINITY) - before);
    if (left <= 0) return outcome;
  }
}

/**
 * Makes the planner. An operation that takes longer than the budget costs its thread, which is replaced; those that wait
 * are planned by the next one.
 */
export function createPlanner(options: PlannerOptions): Planner {
  const { supergraphSdl, isValidated, budgetMs, log } = options;
  const refused = new LRUCache<string, true>({ max: MAX_REFUSED, ttl: REFUSED_FOR_MS });
  const first = startPlannerThread({ supergraphSdl, isValidated });
  let thread: PlannerThread = first;
  let isClosed = false;
  let turn: Promise<unknown> = Promise.resolve();

  function replace(): void {
    const stuck = thread;
    stuck.end().catch((error: unknown) => log.error({ err: error }, 'a planner thread could not be ended'));
    if (!isClosed) thread = startPlannerThread({ supergraphSdl, isValidated: false });
  }

  /** Asks the thread; one that ended by itself, as when its memory is spent, is replaced too. */
  async function ask(operation: Omit<PlanRequest, 'id'>): Promise<Asked> {
    try {
      await thread.ready;
      const started = performance.now();
      const asked = thread;
      const outcome = await withinBudget(asked, () => asked.plan(operation), budgetMs);
      return { outcome, took: performance.now() - started };
    } catch (error) {
      if (!isClosed) log.error({ err: error }, 'a planner thread was lost');
      replace();
      throw error;
    }
  }

  async function planNow(operation: Omit<PlanRequest, 'id'>): Promise<string> {
    const { outcome, took } = await ask(operation);
    if (outcome === TIMED_OUT) {
      options.onPlanned?.(took, 'timeout');
      log.warn({ operationName: operation.operationName, budgetMs }, 'planning an operation took too long');
      refused.set(operation.document, true);
      replace();
      throw new PlanningTimeoutError();
    }
    options.onPlanned?.(took, 'plan' in outcome ? 'planned' : 'failed');
    if ('plan' in outcome) return outcome.plan;
    throw new PlanningFailedError(outcome.failure);
  }

  return {
    loaded: first.loaded,
    ready: first.ready,
    plan(operation) {
      if (refused.has(operation.document)) return Promise.reject(new PlanningTimeoutError());
      const result = turn.then(() => planNow(operation));
      turn = result.catch(() => undefined);
      return result;
    },
    async close() {
      isClosed = true;
      await thread.end();
    },
  };
}
