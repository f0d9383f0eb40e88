import { type CardRepository, isHidden, type RelationRepository } from '@postbook/people';
import type { RecipientFacts } from '../notification/notification-policy.ts';
import { silencedTypes } from '../preferences/preferences.ts';
import type { PreferencesRepository } from '../preferences/preferences-repository.ts';
import type { Cause } from './cause.ts';
import type { DeletedSubjectRepository } from './deleted-subject-repository.ts';

/** Where facts are read. */
export interface FactSources {
  readonly cards: Pick<CardRepository, 'byIds'>;
  readonly relations: Pick<RelationRepository, 'areBlocked'>;
  readonly preferences: Pick<PreferencesRepository, 'read'>;
  readonly deletedSubjects: Pick<DeletedSubjectRepository, 'among'>;
}

/** Reads what decides whether a person may be told of some things. */
export const createFactReader =
  ({ cards, relations, preferences, deletedSubjects }: FactSources) =>
  async (userId: string, causes: readonly Cause[]): Promise<RecipientFacts> => {
    const actors = [...new Set(causes.flatMap(({ actorId }) => actorId ?? []))];
    const entities = [...new Set(causes.flatMap((cause) => cause.entities))];
    const [people, blocks, chosen, deletedEntities] = await Promise.all([
      cards.byIds([userId, ...actors]),
      relations.areBlocked(actors.map((actor) => [userId, actor])),
      preferences.read(userId),
      deletedSubjects.among(entities),
    ]);
    const statuses = new Map(people.map((person) => [person.userId, person.status]));
    return {
      isErased: statuses.get(userId) === 'Deleted',
      hiddenActors: new Set(actors.filter((actor) => isHidden(statuses.get(actor)))),
      blockedActors: new Set(actors.filter((_actor, index) => blocks[index])),
      deletedEntities,
      silencedTypes: silencedTypes(chosen, 'InApp'),
    };
  };

/** What {@link createFactReader} returns. */
export type FactReader = ReturnType<typeof createFactReader>;
