import { type AppError, type Logger, readCostRules } from '@postbook/service-kit/edge';
import { GraphQLError, type GraphQLSchema, parse } from 'graphql';
import type { GatewayContext } from '../context.ts';
import type { GatewayMetrics } from '../telemetry/gateway-metrics.ts';
import { type AccessGate, createAccessGate } from './access-gate.ts';
import type { PolicyRegistry } from './access-policies.ts';
import { readAccessRequirements } from './access-requirements.ts';
import { createOperationCosting, type OperationCosting } from './cost-gate.ts';
import { createAccessJudge, createCostJudge, createRateJudge } from './judges.ts';
import type { Admission, OperationGate, OperationToAdmit } from './operation-gate.ts';
import type { PolicyConfig } from './policy-config.ts';
import type { RateLimiter } from './rate-limiter.ts';

/** The supergraph in force, as the gate needs it. */
export interface GatedGraph {
  /** What clients see. */
  readonly schema: GraphQLSchema;
  /** The text as it was composed, with the directives that nobody else enforces. */
  readonly supergraphSdl: string;
}

/** Options of {@link createOperationGate}. */
export interface OperationGateOptions {
  readonly config: PolicyConfig;
  /** The graph that a schema is of, while anything runs over it; else, and without a schema, the one in force. */
  readonly graphOf: (schema?: GraphQLSchema) => GatedGraph;
  readonly policies: PolicyRegistry;
  /**
   * Whether the executor leaves denied fields out. Where it can't, operations that ask for them are refused as a whole:
   * half an enforcement would be none. Default false.
   */
  readonly canFilter?: boolean | undefined;
  /** Absent: nothing is limited. */
  readonly rates: RateLimiter | undefined;
  readonly metrics: Pick<GatewayMetrics, 'refusals' | 'operationCost' | 'deniedFields'>;
  readonly log: Logger;
}

/** A gate that also counts what doesn't come as far as the gate, and looks again at what runs for long. */
export interface ChargingGate extends OperationGate {
  /**
   * Decides anew what the viewer of a running operation may have, over the graph in force: a reload may have brought other
   * requirements. Counts nothing.
   */
  readmit(operation: OperationToAdmit): Promise<Pick<Admission, 'refusals' | 'denied' | 'deniedKey'>>;
  /** Counts one unit for an operation that wasn't valid. */
  charge(context: GatewayContext): Promise<Pick<Admission, 'refusals' | 'headers'>>;
}

/** What a mutation weighs in rate limits when costs aren't estimated. */
const UNMEASURED_MUTATION = 10;

interface Rules {
  readonly access: AccessGate;
  readonly costing: OperationCosting;
}

/** Reads the rules of each supergraph once. */
function createRuleReader({ config, policies, log }: OperationGateOptions) {
  const known = new WeakMap<GraphQLSchema, Rules>();
  return ({ schema, supergraphSdl }: GatedGraph): Rules => {
    const before = known.get(schema);
    if (before) return before;
    const document = parse(supergraphSdl, { noLocation: true });
    const { listSize, pageSize } = config.demand;
    const rules = {
      access: createAccessGate({ schema, requirements: readAccessRequirements(document), policies, log }),
      costing: createOperationCosting({ schema, rules: readCostRules(document), listSize, pageSize }),
    };
    known.set(schema, rules);
    return rules;
  };
}

const asGraphQLError = (originalError: AppError) => new GraphQLError(originalError.message, { originalError });

/**
 * The gate: who may ask for what, what it may cost, and how much of it in a while, in this order. What is refused by the
 * former counts a single unit for the last, as it costs nothing any more.
 */
export function createOperationGate(options: OperationGateOptions): ChargingGate {
  const { config, rates, metrics, log, canFilter = false } = options;
  const rulesOf = createRuleReader(options);
  const judgeAccess = createAccessJudge({ mode: config.access.mode, canFilter, metrics, log });
  const judgeCost = createCostJudge(config.demand, metrics);
  const judgeRate = createRateJudge(rates, config.rate);

  const count = (refusals: readonly AppError[]) => {
    for (const { code } of refusals) metrics.refusals.inc({ code });
  };

  return {
    async charge(context) {
      const { headers, refusals } = await judgeRate(context, 1);
      count(refusals);
      return { headers, refusals: refusals.map(asGraphQLError) };
    },
    async readmit(operation) {
      const { refusals, denial } = await judgeAccess(rulesOf(options.graphOf(operation.schema)).access, operation);
      return { refusals: refusals.map(asGraphQLError), denied: denial.fields, deniedKey: denial.key };
    },
    async admit(operation): Promise<Admission> {
      const rules = rulesOf(options.graphOf(operation.schema));
      const access = await judgeAccess(rules.access, operation);
      const { cost, refusals: tooDear } = judgeCost(rules.costing, operation);
      const refused: AppError[] = [...access.refusals, ...tooDear];
      const weight = Math.max(1, cost ?? (operation.operation.operation === 'mutation' ? UNMEASURED_MUTATION : 1));
      const { headers, refusals: tooMuch } = await judgeRate(operation.context, refused.length > 0 ? 1 : weight);
      const refusals = tooMuch.length > 0 ? tooMuch : refused;
      count(refusals);
      return {
        refusals: refusals.map(asGraphQLError),
        denied: access.denial.fields,
        deniedKey: access.denial.key,
        cost,
        headers,
      };
    },
  };
}
