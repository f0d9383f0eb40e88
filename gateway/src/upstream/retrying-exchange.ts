import { setTimeout as pause } from 'node:timers/promises';
import type { Counter } from 'prom-client';
import { createRetryBudget, type RetryBudget } from './retry-budget.ts';
import type { SubgraphAnswer } from './subgraph-answer.ts';
import type { SubgraphExchange } from './subgraph-exchange.ts';
import { SubgraphFault } from './subgraph-fault.ts';
import type { SubgraphCallToSend } from './subgraph-transport.ts';

/** Options of {@link createRetryingExchange}. */
export interface RetryingExchangeOptions {
  readonly next: SubgraphExchange;
  /** How often a query is sent again at the most; 0 for never. */
  readonly retries: number;
  readonly retried: Counter<'subgraph'>;
}

/** Milliseconds of the first pause at the most; each further one twice as long. */
const FIRST_PAUSE_MS = 25;

/** Anywhere up to the full length: callers that failed together don't come back together. */
const pauseBefore = (retry: number): Promise<void> => pause(Math.random() * FIRST_PAUSE_MS * 2 ** retry);

/**
 * Whether the subgraph surely did nothing a client could notice twice. A mutation whose connection broke may have been
 * carried out, so it is never sent again. A time-out isn't worth it: the client has waited long enough.
 */
const isRepeatable = (call: SubgraphCallToSend, error: unknown): boolean =>
  call.operationType === 'query' &&
  error instanceof SubgraphFault &&
  error.isBeforeAnswer &&
  (error.reason === 'CONNECTION' || error.reason === 'OVERLOADED');

/** Sends queries again after faults of the connection, while the subgraph's budget lasts. */
export function createRetryingExchange({ next, retries, retried }: RetryingExchangeOptions): SubgraphExchange {
  const budgets = new Map<string, RetryBudget>();

  function budgetOf(service: string): RetryBudget {
    const budget = budgets.get(service) ?? createRetryBudget();
    budgets.set(service, budget);
    return budget;
  }

  async function again(call: SubgraphCallToSend, error: unknown, retry: number): Promise<SubgraphAnswer> {
    if (retry >= retries || !isRepeatable(call, error) || !budgetOf(call.service).spend()) throw error;
    retried.inc({ subgraph: call.service });
    await pauseBefore(retry);
    return next.ask(call).catch((failure: unknown) => again(call, failure, retry + 1));
  }

  return {
    ask(call) {
      budgetOf(call.service).earn();
      return next.ask(call).catch((error: unknown) => again(call, error, 0));
    },
  };
}
