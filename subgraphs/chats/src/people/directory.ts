import { UnavailableError } from '@postbook/service-kit';
import type { CardRepository } from './card-repository.ts';
import type { OwnerClient } from './owner-client.ts';
import type { PartialCard } from './person.ts';

/** What auth knows of a person. */
export interface UsernamePart {
  readonly username: string;
}

/** What profiles knows of a person. */
export interface ProfilePart {
  readonly displayName: string;
  readonly avatarUrl: string | null;
}

/** What {@link createDirectory} needs. */
export interface DirectoryOptions {
  readonly cards: CardRepository;
  readonly auth: OwnerClient<UsernamePart>;
  readonly profiles: OwnerClient<ProfilePart>;
}

/** Answers who people are. */
export interface Directory {
  /**
   * Cards by user id, from the local copy; what it lacks is fetched from the owners in one call each and kept. A part
   * stays absent while its owner doesn't answer. Null for people who don't exist.
   */
  cards(userIds: readonly string[]): Promise<Map<string, PartialCard | null>>;
}

/** Makes the directory. */
export function createDirectory({ cards, auth, profiles }: DirectoryOptions): Directory {
  /** Fetches one part of those who lack it; keeping it is a service to later readers, so its failure is nobody's. */
  async function fetchUsernames(userIds: readonly string[]) {
    const found = userIds.length > 0 ? await auth.fetch(userIds) : undefined;
    const known = [...(found ?? [])].flatMap(([userId, set]) => (set ? [{ userId, set }] : []));
    await Promise.allSettled(known.map(({ userId, set }) => cards.fillIn(userId, { part: 'username', set })));
    return found;
  }

  async function fetchProfiles(userIds: readonly string[]) {
    const found = userIds.length > 0 ? await profiles.fetch(userIds) : undefined;
    const known = [...(found ?? [])].flatMap(([userId, set]) => (set ? [{ userId, set }] : []));
    await Promise.allSettled(known.map(({ userId, set }) => cards.fillIn(userId, { part: 'profile', set })));
    return found;
  }

  return {
    async cards(userIds) {
      const local = new Map((await cards.byIds(userIds)).map((card) => [card.userId, card]));
      const [usernames, shown] = await Promise.all([
        fetchUsernames(userIds.filter((id) => local.get(id)?.username === undefined)),
        fetchProfiles(userIds.filter((id) => local.get(id)?.displayName === undefined)),
      ]);
      return new Map(
        userIds.map((userId): [string, PartialCard | null] => {
          const card = local.get(userId) ?? { userId };
          if (card.username === undefined && usernames?.get(userId) === null) return [userId, null];
          return [userId, { ...card, ...usernames?.get(userId), ...shown?.get(userId) }];
        }),
      );
    },
  };
}

/**
 * A part of a card that must be there.
 *
 * @throws UnavailableError when it is absent: shown as nobody, a person would be taken for erased.
 */
export function partOf<Part extends 'username' | 'displayName' | 'avatarUrl'>(
  card: PartialCard | null,
  part: Part,
): Exclude<PartialCard[Part], undefined> {
  const value = card?.[part];
  if (value !== undefined) return value as Exclude<PartialCard[Part], undefined>;
  throw new UnavailableError('Who this is can’t be told right now. Retry after a moment.');
}
