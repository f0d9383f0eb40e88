import type {
  EdgeKind,
  RelationshipDocument,
  RelationshipPairDocument,
  UserProfileDocument,
} from '@postbook/db/profiles';
import { type Page, type PageRequest, type TimeKey, toPage } from '@postbook/service-kit';
import type { Db } from 'mongodb';
import type { Person } from '../profile/person.ts';
import { toPerson } from '../profile/profile-repository.ts';

/** A pair of people and the version of all that is between them. */
export interface FeedPair {
  /** Both ids, sorted, joined by a colon. */
  readonly pairKey: string;
  readonly revision: number;
  readonly updatedAt: Date;
}

/** An edge as it is stored: of a friendship there is one each way. */
export interface FeedEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
}

/** Profiles and pairs by their last change, oldest first. */
export interface PeopleFeedRepository {
  profiles(since: Date | undefined, request: PageRequest<TimeKey>): Promise<Page<Person>>;
  pairs(since: Date | undefined, request: PageRequest<TimeKey>): Promise<Page<FeedPair>>;
  /** All edges between the pairs, in no order. */
  edgesOf(pairs: readonly (readonly [string, string])[]): Promise<FeedEdge[]>;
}

const EVER_AFTER = new Date(0);
const EVER_BEFORE = new Date('9999-12-31T23:59:59.999Z');

/**
 * Filter and order of a page that begins at a moment, by `updatedAt` and an id. The first page has a key to start after,
 * too: without one DocumentDB sorts in memory instead of walking the index.
 */
function feedPage(idField: string, since: Date | undefined, { cursor, direction }: PageRequest<TimeKey>) {
  const isForward = direction === 'forward';
  const order = isForward ? (1 as const) : (-1 as const);
  const sort = { updatedAt: order, [idField]: order };
  const from = since ?? EVER_AFTER;
  if (isForward) {
    const { at, id } = cursor && cursor.at >= from ? cursor : { at: from, id: '' };
    return { filter: { updatedAt: { $gte: at }, $or: [{ updatedAt: { $gt: at } }, { [idField]: { $gt: id } }] }, sort };
  }
  const bounds = { $lte: cursor?.at ?? EVER_BEFORE, ...(since ? { $gte: since } : {}) };
  const past = cursor && { $or: [{ updatedAt: { $lt: cursor.at } }, { [idField]: { $lt: cursor.id } }] };
  return { filter: { updatedAt: bounds, ...past }, sort };
}

/** The feeds in `user_profiles`, `relationship_pairs` and `relationships`. */
export function createPeopleFeedRepository(db: Db): PeopleFeedRepository {
  const profiles = db.collection<UserProfileDocument>('user_profiles');
  const pairs = db.collection<RelationshipPairDocument>('relationship_pairs');
  const edges = db.collection<RelationshipDocument>('relationships');
  return {
    async profiles(since, request) {
      const { filter, sort } = feedPage('userId', since, request);
      const limit = request.limit + 1;
      const rows = await profiles.find(filter, { sort, limit, comment: 'feed.profiles' }).toArray();
      return toPage(rows.map(toPerson), request.limit);
    },

    async pairs(since, request) {
      const { filter, sort } = feedPage('_id', since, request);
      const limit = request.limit + 1;
      const rows = await pairs.find(filter, { sort, limit, comment: 'feed.pairs' }).toArray();
      return toPage(
        rows.map(({ _id, revision, updatedAt }) => ({ pairKey: _id, revision, updatedAt: updatedAt ?? EVER_AFTER })),
        request.limit,
      );
    },

    async edgesOf(wanted) {
      if (wanted.length === 0) return [];
      const both = wanted.flatMap(([a, b]) => [
        { from: a, to: b },
        { from: b, to: a },
      ]);
      return edges
        .find({ $or: both }, { projection: { _id: 0, from: 1, to: 1, kind: 1 }, comment: 'feed.edgesOf' })
        .toArray();
    },
  };
}
