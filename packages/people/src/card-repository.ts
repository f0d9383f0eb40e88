import type { UserCardDocument } from '@postbook/db/people';
import { applyAllIfNewer, type MongoTransaction, type VersionedChange } from '@postbook/service-kit';
import type { Db } from 'mongodb';
import type { PartialCard } from './person.ts';

/** A group of a card's fields that one kind of event tells. Each has a version of its own. */
export type CardPart = 'username' | 'profile' | 'status';

/** New values of one part. */
export type CardChange =
  | { readonly part: 'username'; readonly set: { readonly username: string } }
  | { readonly part: 'profile'; readonly set: { readonly displayName: string; readonly avatarUrl: string | null } }
  | { readonly part: 'status'; readonly set: { readonly status: NonNullable<PartialCard['status']> } };

/** A change of a person's card with the version that its owner gave it. */
export interface CardWrite {
  readonly userId: string;
  readonly version: number;
  readonly change: CardChange;
}

/** A card and the version of each of its parts; undefined for one that was never told. */
export interface StoredCard {
  readonly card: PartialCard;
  readonly versions: Readonly<Record<CardPart, number | undefined>>;
}

/** The version of what was fetched from its owner and not told by an event: any event is newer. */
export const FETCHED_VERSION = 0;

const versioned = (userId: string, version: number, { part, set }: CardChange): VersionedChange => ({
  id: userId,
  versionField: `${part}Version`,
  version,
  set: 'username' in set ? { ...set, usernameLower: set.username.toLowerCase() } : { ...set },
});

const toCard = (document: UserCardDocument): PartialCard => ({
  userId: document._id,
  username: document.username,
  displayName: document.displayName,
  avatarUrl: document.avatarUrl,
  status: document.status,
});

/** The local copies of what is shown of people. */
export function createCardRepository(db: Db) {
  const cards = db.collection<UserCardDocument>('user_cards');
  return {
    /** Those that exist, in no order. */
    async byIds(userIds: readonly string[]): Promise<PartialCard[]> {
      const rows = await cards.find({ _id: { $in: [...userIds] } }, { comment: 'cards.byIds' }).toArray();
      return rows.map(toCard);
    },

    /**
     * People by username in any case, in no order: one for each name at the most, none who is erased. Needs
     * `cardLookupIndexes`. Two have the same name only while one of two events of a swap is under way.
     */
    async byUsernames(usernames: readonly string[]): Promise<PartialCard[]> {
      const names = [...new Set(usernames.map((name) => name.toLowerCase()))];
      if (names.length === 0) return [];
      const filter = { usernameLower: { $in: names }, status: { $ne: 'Deleted' as const } };
      const rows = await cards.find(filter, { comment: 'cards.byUsernames' }).toArray();
      return [...new Map(rows.map((row) => [row.usernameLower, toCard(row)])).values()];
    },

    /** Cards with their versions, of those that exist. For comparing with owners. */
    async storedByIds(userIds: readonly string[]): Promise<Map<string, StoredCard>> {
      const rows = await cards.find({ _id: { $in: [...userIds] } }, { comment: 'cards.storedByIds' }).toArray();
      return new Map(
        rows.map((row) => {
          const { usernameVersion: username, profileVersion: profile, statusVersion: status } = row;
          return [row._id, { card: toCard(row), versions: { username, profile, status } }];
        }),
      );
    },

    /** Applies what events told, where nothing newer of the part is known. @returns how many parts were written. */
    apply: (tx: MongoTransaction, changes: readonly CardWrite[]): Promise<number> =>
      applyAllIfNewer(cards, {
        changes: changes.map(({ userId, version, change }) => versioned(userId, version, change)),
        session: tx.session,
        comment: 'cards.apply',
      }),
  };
}

/** What {@link createCardRepository} returns. */
export type CardRepository = ReturnType<typeof createCardRepository>;
