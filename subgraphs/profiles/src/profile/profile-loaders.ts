import DataLoader from 'dataloader';
import type { EdgeRepository } from '../relationship/edge-repository.ts';
import { NO_RELATION, type RelationFacts } from '../relationship/relation-facts.ts';
import type { Person } from './person.ts';
import type { ProfileDirectory } from './profile-directory.ts';
import { type Relation, relationTo } from './profile-policy.ts';

/** Most ids of one query. */
const MAX_BATCH = 500;

/** Who looks, with what is read about people for them in one request. */
export interface ViewerScope {
  /** Undefined for the anonymous. */
  readonly viewerId: string | undefined;
  /** By user id; null for one that doesn't exist or is no id at all. */
  readonly people: DataLoader<string, Person | null>;
  /** What is between the viewer and a user id. */
  readonly facts: DataLoader<string, RelationFacts>;
}

/** Makes the scope of one request. */
export function createViewerScope(
  viewerId: string | undefined,
  parts: { readonly directory: ProfileDirectory; readonly edges: EdgeRepository },
): ViewerScope {
  return {
    viewerId,
    people: new DataLoader(
      async (ids) => {
        const found = await parts.directory.find(ids);
        return ids.map((id) => found.get(id) ?? null);
      },
      { maxBatchSize: MAX_BATCH },
    ),
    facts: new DataLoader(
      async (ids) => {
        const found = viewerId ? await parts.edges.factsBetween(viewerId, ids) : new Map<string, RelationFacts>();
        return ids.map((id) => found.get(id) ?? NO_RELATION);
      },
      { maxBatchSize: MAX_BATCH },
    ),
  };
}

/** What the viewer is to a person. */
export const relationOf = async (scope: ViewerScope, userId: string): Promise<Relation> =>
  relationTo(scope.viewerId, userId, await scope.facts.load(userId));

/** Forgets what was read about people after a change, so that its answer shows what is now. */
export function forget(scope: ViewerScope, ...userIds: readonly string[]): void {
  for (const userId of userIds) {
    scope.people.clear(userId);
    scope.facts.clear(userId);
  }
}
