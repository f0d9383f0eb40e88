import {
  type EntityClient,
  type Logger,
  type MongoTransaction,
  type Transactor,
  UnavailableError,
} from '@postbook/service-kit';
import { type CardChange, type CardRepository, FETCHED_VERSION } from './card-repository.ts';
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
  readonly transactor: Transactor<MongoTransaction>;
  readonly cards: CardRepository;
  readonly auth: EntityClient<UsernamePart>;
  readonly profiles: EntityClient<ProfilePart>;
  readonly log: Logger;
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
export function createDirectory({ transactor, cards, auth, profiles, log }: DirectoryOptions): Directory {
  /** What an owner knows of people; undefined when it doesn't answer, as then nobody may be taken for unknown. */
  async function fetchFrom<Part>(owner: EntityClient<Part>, userIds: readonly string[]) {
    if (userIds.length === 0) return undefined;
    return owner.fetch(userIds).catch((error: unknown) => {
      log.warn({ err: error }, 'the owner of people’s cards does not answer');
      return undefined;
    });
  }

  /**
   * Keeps what owners answered, for later readers: its failure is nobody's. In a transaction, since an event may make
   * the card at the same moment and of two writes that both make a document one could be lost.
   */
  async function keep(changes: ReadonlyMap<string, readonly CardChange[]>): Promise<void> {
    const writes = [...changes].map(([userId, parts]) =>
      transactor.run((tx) =>
        cards.apply(
          tx,
          parts.map((change) => ({ userId, version: FETCHED_VERSION, change })),
        ),
      ),
    );
    await Promise.allSettled(writes);
  }

  return {
    async cards(userIds) {
      const local = new Map((await cards.byIds(userIds)).map((card) => [card.userId, card]));
      const lacking = (part: 'username' | 'displayName') => userIds.filter((id) => local.get(id)?.[part] === undefined);
      const [usernames, shown] = await Promise.all([
        fetchFrom(auth, lacking('username')),
        fetchFrom(profiles, lacking('displayName')),
      ]);
      const changes = new Map<string, CardChange[]>();
      for (const [userId, set] of usernames ?? []) if (set) changes.set(userId, [{ part: 'username', set }]);
      for (const [userId, set] of shown ?? []) {
        if (set) changes.set(userId, [...(changes.get(userId) ?? []), { part: 'profile', set }]);
      }
      await keep(changes);
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
