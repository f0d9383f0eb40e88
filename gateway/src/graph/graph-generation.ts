import { createHash } from 'node:crypto';
import type { Logger } from '@postbook/service-kit/edge';
import { buildSchema, type GraphQLSchema, parse, validate } from 'graphql';
import { createOperationCatalog, type WarmableCatalog } from '../execution/operation-catalog.ts';
import { operationKey } from '../execution/operation-key.ts';
import { createPlanner } from '../execution/planning/planner.ts';
import type { PlannerSettings } from '../execution/planning/planner-messages.ts';
import type { OperationToPrepare } from '../execution/prepared-operation.ts';
import { withoutSecurityLinks } from '../policy/security-links.ts';
import type { PlanMetrics } from '../telemetry/plan-metrics.ts';
import type { SubgraphTransport } from '../upstream/subgraph-transport.ts';

/** One loaded supergraph: all that planning and executing over it need. Never changes; a reload makes another one. */
export interface GraphGeneration {
  /** As composed. */
  readonly supergraphSdl: string;
  /** What clients see. */
  readonly schema: GraphQLSchema;
  readonly catalog: WarmableCatalog;
  readonly subgraphs: readonly { readonly name: string; readonly url: string }[];
}

/** How operations are planned. */
export interface PlanningConfig {
  /** Milliseconds that planning one operation may take. */
  readonly budgetMs: number;
  /** Bytes that plans and documents may take. */
  readonly cacheBytes: number;
}

/** Options of {@link loadGeneration}. */
export interface GenerationOptions {
  readonly planning: PlanningConfig;
  readonly transport: SubgraphTransport;
  /** Whether the answer to a fetch is kept, so that it must not go out together with others. */
  readonly isKept: (query: string) => boolean;
  readonly metrics: PlanMetrics;
  readonly log: Logger;
}

/** Feeds the metrics of planning. */
const observing =
  ({ planning }: PlanMetrics) =>
  (milliseconds: number, outcome: 'planned' | 'failed' | 'timeout') =>
    planning.observe({ outcome: outcome === 'failed' ? 'unplannable' : outcome }, milliseconds / 1_000);

/**
 * Reads a supergraph in the planner's thread, so that neither a start nor a reload keeps the event loop.
 *
 * @throws when the supergraph isn't usable.
 */
export async function loadGeneration(composed: string, options: GenerationOptions): Promise<GraphGeneration> {
  const { planning, transport, log } = options;
  const supergraphSdl = withoutSecurityLinks(composed);
  const settings: PlannerSettings = { supergraphSdl, isValidated: true };
  const planner = createPlanner({
    ...settings,
    budgetMs: planning.budgetMs,
    log,
    onPlanned: observing(options.metrics),
  });
  const { apiSdl, subgraphs } = await planner.loaded.catch(async (error: unknown) => {
    await planner.close();
    throw error;
  });
  const schema = buildSchema(apiSdl, { assumeValid: true });
  const catalog = createOperationCatalog({
    supergraphSdl,
    schema,
    transport,
    log,
    planner,
    planCacheBytes: planning.cacheBytes,
    isMergeable: (query) => !options.isKept(query),
    onKept(entries, bytes) {
      options.metrics.entries.set(entries);
      options.metrics.bytes.set(bytes);
    },
    onLookup: (isHit) => options.metrics.lookups.inc({ outcome: isHit ? 'hit' : 'miss' }),
  });
  return {
    supergraphSdl: composed,
    schema,
    catalog,
    subgraphs,
  };
}

/** Operations planned beforehand for a new supergraph, at the most. */
const WARM_OPERATIONS = 500;
/** Milliseconds that a reload may be put off for them. */
const WARM_UP_MS = 2_000;

/** An operation that clients are known to send. */
export interface KnownOperation {
  readonly name: string;
  readonly body: string;
}

/** A known operation as it will be asked for. Undefined for what isn't GraphQL: it won't be asked for either. */
function toPrepare({ name, body }: KnownOperation): OperationToPrepare | undefined {
  try {
    const document = parse(body, { noLocation: true });
    return { document, operationName: name, key: operationKey(createHash('sha256').update(body).digest('hex'), name) };
  } catch {
    return undefined;
  }
}

/** Plans beforehand what clients are known to send, and then what was used lately over the supergraph before. */
export async function warmUp(
  next: GraphGeneration,
  known: readonly KnownOperation[],
  before?: GraphGeneration,
): Promise<void> {
  const recent = before?.catalog.recent(WARM_OPERATIONS) ?? [];
  const all = [...known.slice(0, WARM_OPERATIONS).flatMap((one) => toPrepare(one) ?? []), ...recent];
  if (all.length === 0) return;
  await next.catalog.ready;
  const valid = all.filter(({ document, denied }) => !denied?.size && validate(next.schema, document).length === 0);
  await next.catalog.warmUp(valid, WARM_UP_MS);
}
