import type { AppError, Logger } from '@postbook/service-kit/edge';
import type { GatewayContext } from '../context.ts';
import type { GatewayMetrics } from '../telemetry/gateway-metrics.ts';
import { type AccessGate, type Denial, NO_DENIAL } from './access-gate.ts';
import type { OperationCosting } from './cost-gate.ts';
import type { OperationToAdmit } from './operation-gate.ts';
import type { PolicyConfig, RateLimitConfig } from './policy-config.ts';
import {
  OperationDeniedError,
  OperationTooExpensiveError,
  RateExceededError,
  SlicingArgumentNeededError,
} from './policy-errors.ts';
import { type RateLimiter, type RateReading, rateHeaders } from './rate-limiter.ts';

/** Coordinates named in one line of the log. */
const MOST_LOGGED_FIELDS = 20;

/** Judges who may ask for what, as strictly as the configuration says. */
export function createAccessJudge(options: {
  readonly mode: PolicyConfig['access']['mode'];
  readonly canFilter: boolean;
  readonly metrics: Pick<GatewayMetrics, 'deniedFields'>;
  readonly log: Logger;
}) {
  const { mode, canFilter, metrics, log } = options;
  return async (
    access: AccessGate,
    { document, operation, context }: OperationToAdmit,
  ): Promise<{ readonly denial: Denial; readonly refusals: readonly AppError[] }> => {
    const denial = mode === 'off' ? NO_DENIAL : await access.judge(document, operation, context);
    if (denial.coordinates.length === 0) return { denial, refusals: [] };
    metrics.deniedFields.inc({ mode }, denial.coordinates.length);
    const fields = denial.coordinates.slice(0, MOST_LOGGED_FIELDS);
    log.debug({ fields, mode }, 'fields that the viewer may not ask for');
    if (mode === 'dry-run') return { denial: NO_DENIAL, refusals: [] };
    const isRefused = mode === 'reject' || !canFilter;
    return { denial, refusals: isRefused ? [new OperationDeniedError(denial.coordinates)] : [] };
  };
}

/** Judges what an operation may cost. */
export function createCostJudge(
  { mode, maximum }: PolicyConfig['demand'],
  metrics: Pick<GatewayMetrics, 'operationCost'>,
) {
  return (
    costing: OperationCosting,
    { document, operation, variables }: OperationToAdmit,
  ): { readonly cost: number | undefined; readonly refusals: readonly AppError[] } => {
    if (mode === 'off') return { cost: undefined, refusals: [] };
    const { cost, unsliced } = costing(document, operation, variables);
    metrics.operationCost.observe({ type: operation.operation }, cost);
    if (mode === 'measure') return { cost, refusals: [] };
    return {
      cost,
      refusals: [
        ...(unsliced.length > 0 ? [new SlicingArgumentNeededError(unsliced)] : []),
        ...(cost > maximum ? [new OperationTooExpensiveError(cost, maximum)] : []),
      ],
    };
  };
}

/** The longest wait among the exceeded limits; undefined when none is. */
function waitOf(readings: readonly RateReading[]): number | undefined {
  const exceeded = readings.filter(({ isExceeded }) => isExceeded);
  return exceeded.length > 0 ? Math.max(...exceeded.map(({ resetSeconds }) => resetSeconds)) : undefined;
}

/** Judges how much may be asked for in a while. Without a limiter or limits nothing is counted. */
export function createRateJudge(rates: RateLimiter | undefined, limits: RateLimitConfig | undefined) {
  return async (
    context: GatewayContext,
    units: number,
  ): Promise<{ readonly headers: ReadonlyMap<string, string>; readonly refusals: readonly AppError[] }> => {
    if (!rates || !limits) return { headers: new Map(), refusals: [] };
    const readings = await rates.consume(context, units);
    const wait = waitOf(readings);
    return {
      headers: rateHeaders(readings, limits.windowSeconds),
      refusals: wait === undefined ? [] : [new RateExceededError(wait)],
    };
  };
}
