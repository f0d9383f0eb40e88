import type { QueryPlan } from '@apollo/query-planner';
import type { Logger } from '@postbook/service-kit/edge';
import { buildASTSchema, type GraphQLSchema, parse, print } from 'graphql';
import { LRUCache } from 'lru-cache';
import { seenAlikeIn } from '../graph/seen-alike.ts';
import type { SubgraphTransport } from '../upstream/subgraph-transport.ts';
import { type CanonicalDocument, canonicalDocument } from './canonical/canonical-document.ts';
import { createCanonicalNaming } from './canonical/canonical-naming.ts';
import { interfaceObjectsOf } from './canonical/interface-objects.ts';
import { conditionalRequest } from './conditional-request.ts';
import { createPlanner, type Planner } from './planning/planner.ts';
import type {
  OperationCatalog,
  OperationToPrepare,
  PreparedRequest,
  PreparedSubscription,
} from './prepared-operation.ts';
import { prepareRequest } from './prepared-request.ts';
import { prepareSubscription } from './prepared-subscription.ts';
import { createTypeRelations } from './tree/type-relations.ts';

/** Options of {@link createOperationCatalog}. */
export interface OperationCatalogOptions {
  /** As composed. */
  readonly supergraphSdl: string;
  /** What clients see of it. */
  readonly schema: GraphQLSchema;
  readonly transport: SubgraphTransport;
  readonly log: Logger;
  /** Milliseconds that planning one operation may take. Default 250. */
  readonly planningBudgetMs?: number;
  /** Bytes that plans and documents may take, estimated from their texts. Default 64 MiB. */
  readonly planCacheBytes?: number;
  /** Whether a fetch of this text may share a call with others. Default: yes. */
  readonly isMergeable?: (query: string) => boolean;
  /** Whether a field is marked as seen alike by the whole audience of a subscription. Default: as the supergraph says. */
  readonly isFieldSeenAlike?: (typeName: string, fieldName: string) => boolean;
  /** A planner for this supergraph that was started before. Default: the catalog starts its own. */
  readonly planner?: Planner;
  readonly onPlanned?: (milliseconds: number, outcome: 'planned' | 'failed' | 'timeout') => void;
  /** Called for each operation asked for, and for each outcome of its conditions: whether it was there. */
  readonly onLookup?: (isHit: boolean) => void;
  /** Called whenever a plan was added: how many are kept, and what they take by estimate. */
  readonly onKept?: (entries: number, bytes: number) => void;
}

/** A catalog that can be filled before it is used. */
export interface WarmableCatalog extends OperationCatalog {
  /** Resolves once it can plan. */
  readonly ready: Promise<void>;
  /** The supergraph, with the syntax tree that it was built from. */
  readonly supergraph: GraphQLSchema;
  /** Plans operations beforehand, as many as fit into the time. Those that fail are left out. */
  warmUp(operations: readonly OperationToPrepare[], milliseconds: number): Promise<void>;
  /** Operations used lately, the latest first. */
  recent(count: number): readonly OperationToPrepare[];
}

type Prepared = PreparedRequest | PreparedSubscription;

interface Entry {
  readonly prepared: Prepared;
  /** Undefined where there are only plans for each outcome of its conditions. */
  readonly operation: OperationToPrepare | undefined;
}

const DEFAULT_BUDGET_MS = 250;
const DEFAULT_CACHE_BYTES = 64 * 1024 * 1024;
/** What compiled closures and syntax trees take for each byte of text, roughly. */
const BYTES_PER_CHARACTER = 12;

/** Makes the catalog of one supergraph. */
export function createOperationCatalog(options: OperationCatalogOptions): WarmableCatalog {
  const { supergraphSdl, schema, transport } = options;
  const planner =
    options.planner ??
    createPlanner({
      supergraphSdl,
      isValidated: false,
      budgetMs: options.planningBudgetMs ?? DEFAULT_BUDGET_MS,
      log: options.log,
      onPlanned: options.onPlanned,
    });
  const supergraph = buildASTSchema(parse(supergraphSdl, { noLocation: true }), {
    assumeValid: true,
    assumeValidSDL: true,
  });
  const naming = createCanonicalNaming(supergraph);
  const interfaceObjects = interfaceObjectsOf(supergraph);
  const settings = {
    types: createTypeRelations(supergraph),
    transport,
    isMergeable: options.isMergeable ?? (() => true),
  };
  const isFieldSeenAlike = options.isFieldSeenAlike ?? seenAlikeIn(supergraph);
  const underWay = new Map<string, Promise<Prepared>>();
  const cache = new LRUCache<string, Entry>({ maxSize: options.planCacheBytes ?? DEFAULT_CACHE_BYTES });

  async function planOf({ planned, operation }: CanonicalDocument): Promise<string> {
    if (!planned) return '{}';
    return planner.plan({ document: print(planned), operationName: operation.name?.value });
  }

  function keep(key: string, entry: Entry, characters: number): void {
    cache.set(key, entry, { size: characters * BYTES_PER_CHARACTER });
    options.onKept?.(cache.size, cache.calculatedSize);
  }

  async function plan(operation: OperationToPrepare, size: number): Promise<Prepared> {
    const { document, operationName, denied = new Set(), conditions } = operation;
    const asked = { document, operationName, denied, conditions };
    const canonical = canonicalDocument({ schema, naming, interfaceObjects, ...asked });
    const text = await planOf(canonical);

    const plan = JSON.parse(text) as QueryPlan;
    const isInterfaceObject = interfaceObjects.has;
    const parts = { schema, document, canonical, denied, isInterfaceObject, plan, settings };
    const prepared =
      canonical.operation.operation === 'subscription'
        ? prepareSubscription({ ...parts, supergraph, isFieldSeenAlike })
        : prepareRequest(parts);
    keep(operation.key, { prepared, operation }, text.length + size);
    return prepared;
  }

  async function make(operation: OperationToPrepare): Promise<Prepared> {
    const { document, key } = operation;
    const size = document.loc?.source.body.length ?? print(document).length;
    const conditional = conditionalRequest(operation, prepare);
    if (!conditional) return plan(operation, size);
    keep(key, { prepared: conditional, operation: undefined }, size);
    return conditional;
  }

  function prepare(operation: OperationToPrepare): Promise<Prepared> {
    const known = cache.get(operation.key);
    options.onLookup?.(known !== undefined);
    if (known) return Promise.resolve(known.prepared);
    const started = underWay.get(operation.key);
    if (started) return started;
    const making = make(operation).finally(() => underWay.delete(operation.key));
    underWay.set(operation.key, making);
    return making;
  }

  return {
    ready: planner.ready,
    supergraph,
    prepare,
    async warmUp(operations, milliseconds) {
      const until = performance.now() + milliseconds;
      for (const operation of operations) {
        if (performance.now() > until) return;
        await prepare(operation).catch(() => undefined);
      }
    },
    recent: (count) => [...cache.values()].flatMap(({ operation }) => operation ?? []).slice(0, count),
    close: () => planner.close(),
  };
}
