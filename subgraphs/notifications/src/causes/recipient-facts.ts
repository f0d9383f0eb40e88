import { type CardRepository, isHidden, type RelationRepository } from '@postbook/people';
import type { RecipientFacts } from '../notification/notification-policy.ts';
import { DEFAULT_PREFERENCES, silencedTypes } from '../preferences/preferences.ts';
import type { PreferencesRepository } from '../preferences/preferences-repository.ts';
import type { Cause } from './cause.ts';
import type { DeletedSubjectRepository } from './deleted-subject-repository.ts';

/** Where facts are read. */
export interface FactSources {
  readonly cards: Pick<CardRepository, 'byIds'>;
  readonly relations: Pick<RelationRepository, 'areBlocked'>;
  readonly preferences: Pick<PreferencesRepository, 'byUserIds'>;
  readonly deletedSubjects: Pick<DeletedSubjectRepository, 'among'>;
}

/** A cause and whom it is to be told. */
export interface PersonalCause {
  readonly userId: string;
  readonly cause: Cause;
}

/** Reads what decides whether people may be told of things; the facts of each of them. */
export const createFactReader =
  ({ cards, relations, preferences, deletedSubjects }: FactSources) =>
  async (causes: readonly PersonalCause[]): Promise<(userId: string) => RecipientFacts> => {
    const users = [...new Set(causes.map(({ userId }) => userId))];
    const pairs = causes.flatMap(({ userId, cause }): (readonly [string, string])[] =>
      cause.actorId === null ? [] : [[userId, cause.actorId]],
    );
    const actors = new Set(pairs.map(([, actor]) => actor));
    const entities = new Set(causes.flatMap(({ cause }) => cause.entities));
    const [people, blocks, chosen, deletedEntities] = await Promise.all([
      cards.byIds([...new Set([...users, ...actors])]),
      relations.areBlocked(pairs),
      preferences.byUserIds(users),
      deletedSubjects.among([...entities]),
    ]);
    const statuses = new Map(people.map((person) => [person.userId, person.status]));
    const hiddenActors = new Set([...actors].filter((actor) => isHidden(statuses.get(actor))));
    const blocked = Map.groupBy(
      pairs.filter((_pair, index) => blocks[index]),
      ([userId]) => userId,
    );
    return (userId) => ({
      isErased: statuses.get(userId) === 'Deleted',
      hiddenActors,
      blockedActors: new Set(blocked.get(userId)?.map(([, actor]) => actor)),
      deletedEntities,
      silencedTypes: silencedTypes(chosen.get(userId) ?? DEFAULT_PREFERENCES, 'InApp'),
    });
  };

/** What {@link createFactReader} returns. */
export type FactReader = ReturnType<typeof createFactReader>;
