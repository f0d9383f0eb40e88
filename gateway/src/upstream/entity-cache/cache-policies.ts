import { hash } from 'node:crypto';
import { buildSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import { readCacheMarks } from './cache-marks.ts';
import type { CachePolicies } from './caching-transport.ts';
import { type FetchPolicy, readFetchPolicy } from './fetch-policy.ts';

/** A supergraph; another one is another object. */
export interface CachedGraph {
  /** As composed, with its directives. */
  readonly supergraphSdl: string;
}

/** Fetches whose policies are kept; a plan has a few, and each is read in less than a millisecond. */
const MOST_FETCHES = 5_000;

const NOTHING: FetchPolicy = new Map();

function createPolicies({ supergraphSdl }: CachedGraph): CachePolicies | undefined {
  const schema = buildSchema(supergraphSdl, { assumeValidSDL: true, assumeValid: true });
  const digest = hash('sha256', supergraphSdl, 'base64url');
  const marks = readCacheMarks(schema);
  if (marks.isEmpty) return undefined;
  const known = new LRUCache<string, FetchPolicy>({ max: MOST_FETCHES });
  return {
    digest,
    policyOf(query) {
      const policy = known.get(query) ?? readFetchPolicy(query, { schema, marks });
      known.set(query, policy.size > 0 ? policy : NOTHING);
      return policy.size > 0 ? policy : undefined;
    },
  };
}

/** Reads the marks of the supergraph in force, once for each. */
export function createPolicyReader(current: () => CachedGraph): () => CachePolicies | undefined {
  let graph: CachedGraph | undefined;
  let policies: CachePolicies | undefined;
  return () => {
    const inForce = current();
    if (inForce !== graph) {
      graph = inForce;
      policies = createPolicies(inForce);
    }
    return policies;
  };
}
