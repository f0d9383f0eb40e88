import type { GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import { readCacheMarks } from './cache-marks.ts';
import type { CachePolicies } from './caching-transport.ts';
import { type FetchPolicy, readFetchPolicy } from './fetch-policy.ts';

/** A supergraph. */
export interface CachedGraph {
  /** Differs for every supergraph. */
  readonly digest: string;
  /** With its directives. */
  readonly supergraphSchema: GraphQLSchema;
}

/** Fetches whose policies are kept; a plan has a few, and each is read in less than a millisecond. */
const MOST_FETCHES = 5_000;

const NOTHING: FetchPolicy = new Map();

function createPolicies({ digest, supergraphSchema: schema }: CachedGraph): CachePolicies | undefined {
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
