import {
  type Connection,
  type ConnectionArguments,
  type CursorCodec,
  createCursorCodec,
  type PageRequest,
  pageRequest,
  visibleConnection,
} from '@postbook/service-kit';
import { z } from 'zod';
import type { Person } from '../profile/person.ts';
import type { ViewerScope } from '../profile/profile-loaders.ts';
import { maySeeProfile, relationTo } from '../profile/profile-policy.ts';
import type { SearchKey, SearchRank, SearchRepository, SearchRow } from './search-repository.ts';
import { hasWords, type SearchText, searchTextOf } from './search-text.ts';

/** Finds people. */
export interface SearchService {
  /**
   * People whom the viewer may see, in a stable order: by username, by name, by words.
   * @throws BadUserInputError when the text is too short or too long.
   */
  people(scope: ViewerScope, query: string, args: ConnectionArguments): Promise<Connection<Person>>;
}

const RANKS: readonly SearchRank[] = [0, 1, 2];

const keyShape = z.tuple([
  z.union([z.literal(0), z.literal(1), z.literal(2)]),
  z.string().max(200),
  z.string().max(36),
]);
const tuples = createCursorCodec('search', keyShape);
const codec: CursorCodec<SearchKey> = {
  encode: ({ rank, text, userId }) => tuples.encode([rank, text, userId]),
  decode(cursor) {
    const [rank, text, userId] = tuples.decode(cursor);
    return { rank, text, userId };
  },
};

/** The service of search. */
export function createSearchService(repository: SearchRepository): SearchService {
  /** Reads on through the ranks, from that of the cursor in the direction of the page. */
  async function read(text: SearchText, viewerId: string | undefined, request: PageRequest<SearchKey>) {
    const { cursor, direction, limit } = request;
    const isForward = direction === 'forward';
    const rows: SearchRow[] = [];
    for (const rank of isForward ? RANKS : RANKS.toReversed()) {
      if (rows.length === limit) break;
      const isPassed = cursor !== undefined && (isForward ? rank < cursor.rank : rank > cursor.rank);
      if (isPassed) continue;
      const start = cursor?.rank === rank ? { cursor } : {};
      rows.push(...(await repository.find(rank, text, viewerId, { limit: limit - rows.length, direction, ...start })));
    }
    return rows;
  }

  /** The last word on who turns up: the store only left out those who surely don't. */
  async function show(scope: ViewerScope, text: SearchText, rows: readonly SearchRow[]) {
    const facts = await scope.facts.loadMany(rows.map(({ person }) => person.userId));
    return rows.map(({ key, person }, index) => {
      const known = facts[index];
      if (known instanceof Error || !known) throw known ?? new Error('no facts');
      if (!maySeeProfile(relationTo(scope.viewerId, person.userId, known), person.privacy)) return null;
      if (key.rank === 2 && !hasWords(text.words, person.displayName, person.bio)) return null;
      scope.people.prime(person.userId, person);
      return person;
    });
  }

  return {
    async people(scope, query, args) {
      const text = searchTextOf(query);
      return visibleConnection<SearchRow, SearchKey, Person>({
        request: pageRequest(args, codec),
        codec,
        keyOf: ({ key }) => key,
        read: (request) => read(text, scope.viewerId, request),
        show: (rows) => show(scope, text, rows),
      });
    },
  };
}
