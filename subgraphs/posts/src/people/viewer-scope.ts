import { type PartialCard, type Relation, type RelationRepository, STRANGERS } from '@postbook/people';
import DataLoader from 'dataloader';
import { type PersonFacts, standingTo } from '../post/post-policy.ts';

/** Who looks, with what was read about people for them in this request. */
export interface ViewerScope {
  /** Undefined for the anonymous. */
  readonly viewerId: string | undefined;
  /** How the viewer stands to a person. */
  readonly relations: Pick<DataLoader<string, Relation>, 'load'>;
  /** What is shown of a person; null for those who don't exist. */
  readonly cards: Pick<DataLoader<string, PartialCard | null>, 'load'>;
}

/** Where a scope reads. */
export interface ViewerScopeSources {
  readonly relations: Pick<RelationRepository, 'between' | 'settingsOf'>;
  /** Batches those of all requests. */
  readonly cards: DataLoader<string, PartialCard | null>;
}

/** Makes the scope of one request. What is said of people is remembered within it: no mutation of ours changes it. */
export function createViewerScope(viewerId: string | undefined, sources: ViewerScopeSources): ViewerScope {
  return {
    viewerId,
    relations: new DataLoader(async (ids) => {
      if (viewerId !== undefined) {
        const between = await sources.relations.between(viewerId, ids);
        return ids.map((id) => between.get(id) ?? STRANGERS);
      }
      const stored = await sources.relations.settingsOf(ids);
      return ids.map((id) => ({ ...STRANGERS, settings: stored.get(id)?.settings ?? STRANGERS.settings }));
    }),
    cards: new DataLoader((ids) => Promise.all(ids.map((id) => sources.cards.load(id)))),
  };
}

/** What decides about people, and whether the viewer follows them. */
export interface MetPerson extends PersonFacts {
  readonly isFollowing: boolean;
}

/** What decides about a person, as the viewer meets them. */
export async function meet(scope: ViewerScope, userId: string): Promise<MetPerson> {
  const [relation, card] = await Promise.all([scope.relations.load(userId), scope.cards.load(userId)]);
  return {
    standing: standingTo(scope.viewerId, userId, relation),
    status: card === null ? 'Unknown' : card.status,
    settings: relation.settings,
    isFollowing: relation.isFollowing,
  };
}

/** The same for each of these people, in their order. */
export const meetAll = (scope: ViewerScope, userIds: readonly string[]): Promise<MetPerson[]> =>
  Promise.all(userIds.map((userId) => meet(scope, userId)));
