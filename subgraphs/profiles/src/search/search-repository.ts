import type { UserProfileDocument } from '@postbook/db/profiles';
import type { PageRequest } from '@postbook/service-kit';
import type { Db, Filter } from 'mongodb';
import type { Person } from '../profile/person.ts';
import { toPerson } from '../profile/profile-repository.ts';
import type { SearchText } from './search-text.ts';

/**
 * How a person was found, the best first: 0 the username begins with the text, 1 the name does, 2 name or bio have its
 * words. Each person is found once, in the best way.
 */
export type SearchRank = 0 | 1 | 2;

/** Where a person stands in the results: rank, then username (in rank 1 the name) in lower case, then user id. */
export interface SearchKey {
  readonly rank: SearchRank;
  readonly text: string;
  readonly userId: string;
}

/** A person found. */
export interface SearchRow {
  readonly key: SearchKey;
  readonly person: Person;
}

/** Finds people by text. */
export interface SearchRepository {
  /** A page of one rank. People whose page is private, hidden or erased are left out, save the viewer. */
  find(
    rank: SearchRank,
    text: SearchText,
    viewerId: string | undefined,
    request: PageRequest<SearchKey>,
  ): Promise<SearchRow[]>;
}

type ProfileFilter = Filter<UserProfileDocument>;

const begins = (field: string, { prefix, prefixEnd }: SearchText) => ({ [field]: { $gte: prefix, $lt: prefixEnd } });
const beginsNot = (field: string, { prefix, prefixEnd }: SearchText) => ({
  $or: [{ [field]: { $lt: prefix } }, { [field]: { $gte: prefixEnd } }],
});

const ORDER_FIELD = ['usernameLower', 'displayNameLower', 'usernameLower'] as const;

/** Left to itself DocumentDB also walks the index on the flags, which nearly everybody has alike, and then sorts. */
const HINTS = [{ hint: 'user_profiles_username' }, { hint: 'user_profiles_display_name' }, {}] as const;

/** How a person is found in this rank and in no better one. */
function matches(rank: SearchRank, text: SearchText): ProfileFilter[] {
  switch (rank) {
    case 0:
      return [begins('usernameLower', text)];
    case 1:
      return [begins('displayNameLower', text), beginsNot('usernameLower', text)];
    case 2:
      return [
        // Quoted, so that no character of a word is an operator of the search.
        { $text: { $search: text.words.map((word) => `"${word}"`).join(' ') } },
        beginsNot('usernameLower', text),
        beginsNot('displayNameLower', text),
      ];
    default:
      return rank satisfies never;
  }
}

/** Who may turn up for the viewer; of friends-only pages the policy decides on the few that are read. */
const candidates = (viewerId: string | undefined): ProfileFilter => ({
  isDeleted: false,
  isActive: true,
  ...(viewerId === undefined
    ? { 'privacySettings.profileVisibility': 'Public' }
    : { $or: [{ 'privacySettings.profileVisibility': { $in: ['Public', 'Friends'] } }, { userId: viewerId }] }),
});

function past(field: string, { cursor, direction }: PageRequest<SearchKey>): ProfileFilter[] {
  if (!cursor) return [];
  const [reach, beyond] = direction === 'forward' ? ['$gte', '$gt'] : ['$lte', '$lt'];
  return [
    { [field]: { [reach]: cursor.text } },
    { $or: [{ [field]: { [beyond]: cursor.text } }, { userId: { [beyond]: cursor.userId } }] },
  ] as ProfileFilter[];
}

/** Search in `user_profiles`. */
export function createSearchRepository(db: Db): SearchRepository {
  const profiles = db.collection<UserProfileDocument>('user_profiles');
  return {
    async find(rank, text, viewerId, request) {
      if (rank === 2 && text.words.length === 0) return [];
      const field = ORDER_FIELD[rank];
      const order = request.direction === 'forward' ? 1 : -1;
      const rows = await profiles
        .find(
          { $and: [...matches(rank, text), candidates(viewerId), ...past(field, request)] },
          {
            sort: { [field]: order, userId: order },
            limit: request.limit,
            comment: `search.rank${rank}`,
            ...HINTS[rank],
          },
        )
        .toArray();
      return rows.map((row) => ({
        key: { rank, text: row[field], userId: row.userId },
        person: toPerson(row),
      }));
    },
  };
}
