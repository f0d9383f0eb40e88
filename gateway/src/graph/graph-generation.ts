import type { Logger } from '@postbook/service-kit/edge';
import { buildSchema, type GraphQLSchema, validate } from 'graphql';
import { createOperationCatalog, type WarmableCatalog } from '../execution/operation-catalog.ts';
import { createPlanner } from '../execution/planning/planner.ts';
import type { PlannerSettings } from '../execution/planning/planner-messages.ts';
import type { SubgraphSource } from '../upstream/subgraph-source.ts';
import type { SubgraphTransport } from '../upstream/subgraph-transport.ts';

/** One loaded supergraph: all that planning and executing over it need. Never changes; a reload makes another one. */
export interface GraphGeneration {
  /** As composed. */
  readonly supergraphSdl: string;
  /** What clients see. */
  readonly schema: GraphQLSchema;
  readonly catalog: WarmableCatalog;
  readonly subgraphs: readonly { readonly name: string; readonly url: string }[];
  readonly sources: Readonly<Record<string, SubgraphSource>>;
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
  readonly sourceOf: (subgraph: { name: string; url: string }) => SubgraphSource;
  readonly log: Logger;
}

/**
 * Reads a supergraph in the planner's thread, so that neither a start nor a reload keeps the event loop.
 *
 * @throws when the supergraph isn't usable.
 */
export async function loadGeneration(supergraphSdl: string, options: GenerationOptions): Promise<GraphGeneration> {
  const { planning, transport, log } = options;
  const settings: PlannerSettings = { supergraphSdl, isValidated: true };
  const planner = createPlanner({ ...settings, budgetMs: planning.budgetMs, log });
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
  });
  return {
    supergraphSdl,
    schema,
    catalog,
    subgraphs,
    sources: Object.fromEntries(subgraphs.map((subgraph) => [subgraph.name, options.sourceOf(subgraph)])),
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
