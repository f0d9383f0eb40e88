import type { Logger } from '@postbook/service-kit/edge';
import { buildSchema, type GraphQLSchema, validate } from 'graphql';
import { createOperationCatalog, type WarmableCatalog } from '../execution/operation-catalog.ts';
import { createPlanner } from '../execution/planning/planner.ts';
import type { PlannerSettings } from '../execution/planning/planner-messages.ts';
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

/** Plans for a new supergraph what was used lately over the one before, so that a reload isn't felt. */
export async function warmUp(next: GraphGeneration, before: GraphGeneration | undefined): Promise<void> {
  const recent = before?.catalog.recent(WARM_OPERATIONS) ?? [];
  if (recent.length === 0) return;
  await next.catalog.ready;
  const valid = recent.filter(({ document, denied }) => !denied?.size && validate(next.schema, document).length === 0);
  await next.catalog.warmUp(valid, WARM_UP_MS);
}
