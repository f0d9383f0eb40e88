import type { ApolloServerPlugin } from '@apollo/server';
import {
  type createOperationMetrics,
  type Logger,
  type RequestTrace,
  withRequestTrace,
} from '@postbook/service-kit/edge';
import type { GatewayContext } from '../context.ts';

/** How an operation went. */
export interface OperationReport {
  readonly kind: 'query' | 'mutation' | 'subscription' | 'invalid';
  /** The client's name for it. */
  readonly name: string | undefined;
  readonly milliseconds: number;
  /** `ok`, the first error's code, or `stopped` when the client had enough. */
  readonly outcome: string;
}

/** Longest name that is written to the log. */
const LONGEST_NAME = 100;

/** One line for each operation that ended. Neither variables nor texts nor tokens: they are the client's own. */
export function logOperation(log: Logger, { kind, name, milliseconds, outcome }: OperationReport): void {
  const operation = name?.slice(0, LONGEST_NAME);
  log.info({ kind, ...(operation ? { operation } : {}), ms: Math.round(milliseconds), outcome }, 'operation ended');
}

/** Reports operations that don't go through Apollo Server: logged and counted like all others. */
export type ReportOperation = (report: OperationReport, trace: RequestTrace) => void;

/** Makes the reporter. */
export const createOperationReporter =
  (log: Logger, metrics: ReturnType<typeof createOperationMetrics>): ReportOperation =>
  (report, trace) => {
    const { kind, outcome, milliseconds } = report;
    metrics.total.inc({ type: kind, outcome });
    metrics.duration.observe({ type: kind }, milliseconds / 1000);
    withRequestTrace(trace, () => logOperation(log, report));
  };

/** Logs the operations that do. */
export const operationLogPlugin = (log: Logger): ApolloServerPlugin<GatewayContext> => ({
  async requestDidStart() {
    const started = performance.now();
    return {
      async willSendResponse({ operation, operationName, response: { body } }) {
        const errors = body.kind === 'single' ? body.singleResult.errors : body.initialResult.errors;
        logOperation(log, {
          kind: operation?.operation ?? 'invalid',
          name: operation ? (operationName ?? undefined) : undefined,
          milliseconds: performance.now() - started,
          outcome: String(errors?.[0]?.extensions?.code ?? 'ok'),
        });
      },
    };
  },
});
