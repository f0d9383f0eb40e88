import { hash } from 'node:crypto';
import type { EntityCacheMetrics } from '../../telemetry/entity-cache-metrics.ts';
import type { SubgraphAnswer } from '../subgraph-answer.ts';
import type { SubgraphCallToSend, SubgraphTransport } from '../subgraph-transport.ts';
import type { EntityAddress, EntityStore, EntityValue, Finding } from './entity-store.ts';
import { entityTag } from './entity-tags.ts';
import type { EntityPolicy, FetchPolicy } from './fetch-policy.ts';
import type { OwnChanges } from './own-changes.ts';

/** The supergraph in force, as far as the cache must know it. */
export interface CachePolicies {
  /** Differs for every supergraph. */
  readonly digest: string;
  /** How entities of that fetch may be kept; undefined when none may. */
  policyOf(query: string): FetchPolicy | undefined;
}

/** Options of {@link createCachingTransport}. */
export interface CachingTransportOptions {
  readonly next: SubgraphTransport;
  readonly store: EntityStore;
  /** Asked at every call. */
  readonly policies: () => CachePolicies | undefined;
  /** Whether events that invalidate are coming in; if not, nothing is found or kept. */
  readonly isFollowing: () => boolean;
  readonly ownChanges: OwnChanges;
  /** What of the client's headers goes to the call's subgraph. */
  readonly variantOf: (call: SubgraphCallToSend) => string;
  readonly metrics: EntityCacheMetrics;
}

/** A representation that may be kept: where it stands in the call, where it is kept, and how. */
interface Keepable extends EntityAddress {
  readonly index: number;
  readonly policy: EntityPolicy;
}

/** All that an answer can depend on where it depends on who asks. The client's address isn't: such fields aren't marked. */
const viewerPart = ({ context: { viewer } }: SubgraphCallToSend): string =>
  viewer ? JSON.stringify([viewer.userId, viewer.role, ...[...viewer.scopes].sort()]) : 'nobody';

function keepable(call: SubgraphCallToSend, policy: FetchPolicy, digest: string, variant: string): readonly Keepable[] {
  return (call.representations ?? []).flatMap((text, index) => {
    const representation = JSON.parse(text) as Record<string, unknown>;
    const typeName = String(representation.__typename);
    const found = policy.get(typeName);
    const key = found?.key.map((name) => representation[name]);
    if (!found || !key?.every((value) => typeof value === 'string' || typeof value === 'number')) return [];
    const parts = [
      digest,
      call.service,
      found.selection,
      found.usesVariables ? call.variables : '',
      found.isPerViewer ? viewerPart(call) : '',
      variant,
      text,
    ];
    const address = {
      key: hash('sha256', JSON.stringify(parts), 'base64url'),
      tag: entityTag(typeName, ...key.map(String)),
    };
    return [{ ...address, index, policy: found }];
  });
}

/** The subgraph's answer about those that were asked for, put in place among those that were found. */
function merge(found: (EntityValue | undefined)[], asked: readonly number[], answer: SubgraphAnswer): SubgraphAnswer {
  const sent = answer.data?._entities;
  const entities: unknown[] = [...found];
  for (const [position, index] of asked.entries()) entities[index] = (Array.isArray(sent) && sent[position]) || null;
  const errors = answer.errors?.map((error) => {
    const [root, position, ...rest] = error.path ?? [];
    const index = root === '_entities' && typeof position === 'number' ? asked[position] : undefined;
    return index === undefined ? error : { ...error, path: ['_entities', index, ...rest] };
  });
  return { data: { _entities: entities }, ...(errors ? { errors } : {}) };
}

const isEntity = (value: unknown): value is EntityValue => typeof value === 'object' && value !== null;

/** Keeps what was missing. An answer with any error is not kept, nor is the absence of an entity: both may be passing. */
function keepMissing(
  misses: ReadonlyMap<number, readonly [Keepable, Finding]>,
  asked: readonly number[],
  answer: SubgraphAnswer,
) {
  const sent = answer.data?._entities;
  if (answer.errors || !Array.isArray(sent) || sent.length !== asked.length) return;
  for (const [position, index] of asked.entries()) {
    const [wanted, finding] = misses.get(index) ?? [];
    const value: unknown = sent[position];
    if (wanted && finding && isEntity(value)) void finding.keep(value, wanted.policy.maxAge);
  }
}

/**
 * Answers for entities from what is kept, and asks the subgraph for the others alone. What may be kept is marked in the
 * schema; calls that must not see anything from before them pass by, and for some seconds all calls of somebody who just
 * changed something, as the event about it is still under way.
 */
export function createCachingTransport(options: CachingTransportOptions): SubgraphTransport {
  const { next, store, policies, isFollowing, ownChanges, variantOf, metrics } = options;

  async function sendThrough(call: SubgraphCallToSend, all: readonly Keepable[]): Promise<SubgraphAnswer> {
    const findings = await store.look(all);
    if (!findings) {
      metrics.requests.inc({ subgraph: call.service, outcome: 'away' }, all.length);
      return next.send(call);
    }
    const representations = call.representations ?? [];
    const found: (EntityValue | undefined)[] = representations.map(() => undefined);
    const misses = new Map<number, readonly [Keepable, Finding]>();
    for (const [position, finding] of findings.entries()) {
      const wanted = all[position] as Keepable;
      if (finding.value) found[wanted.index] = finding.value;
      else misses.set(wanted.index, [wanted, finding]);
    }
    metrics.requests.inc({ subgraph: call.service, outcome: 'hit' }, all.length - misses.size);
    metrics.requests.inc({ subgraph: call.service, outcome: 'miss' }, misses.size);
    const asked = representations.flatMap((_, index) => (found[index] ? [] : [index]));
    if (asked.length === 0) return { data: { _entities: found } };
    const answer = await next.send({ ...call, representations: asked.map((index) => representations[index] ?? '') });
    keepMissing(misses, asked, answer);
    return merge(found, asked, answer);
  }

  return {
    async send(call) {
      const { context, representations, operationType, query } = call;
      if (operationType === 'mutation') return ownChanges.during(context, () => next.send(call));
      const mustAsk = call.isUnshared || call.includeTrace || ownChanges.isRecent(context);
      if (!representations || mustAsk || !isFollowing()) return next.send(call);
      const current = policies();
      const policy = current?.policyOf(query);
      if (!current || !policy) return next.send(call);
      const all = keepable(call, policy, current.digest, variantOf(call));
      return all.length === 0 ? next.send(call) : sendThrough(call, all);
    },
  };
}
