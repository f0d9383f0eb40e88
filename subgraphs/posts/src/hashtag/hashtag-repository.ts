import type { HashtagDocument, HashtagUsageDocument } from '@postbook/db/posts';
import {
  fromObjectId,
  type MongoTransaction,
  type PageRequest,
  type TimeKey,
  timePage,
  toObjectId,
} from '@postbook/service-kit';
import { type Db, type Filter, ObjectId } from 'mongodb';
import type { TrendingHashtag } from './hashtag.ts';
import type { TagUsers } from './trend-score.ts';

/** Where a hashtag stands in the list of what trends. */
export interface TrendKey {
  readonly score: number;
  readonly count: number;
  readonly id: string;
}

/** A hashtag, and when it was used last. */
export interface RecentHashtag extends TrendingHashtag {
  readonly lastUsed: Date;
}

/** A score to store. */
export interface NewScore {
  readonly tag: string;
  readonly score: number;
}

const toTrending = (document: HashtagDocument): TrendingHashtag => ({
  id: fromObjectId(document._id),
  tag: document.tag,
  count: document.count,
  trendScore: document.trendScore,
});

/** Past the cursor in an order by score, count and id; the bound on the score alone is what uses the index. */
function past({ cursor, direction }: PageRequest<TrendKey>): Filter<HashtagDocument> {
  const isForward = direction === 'forward';
  if (!cursor) return { trendScore: { $lte: Number.MAX_SAFE_INTEGER } };
  const [reach, beyond] = isForward ? ['$lte', '$lt'] : ['$gte', '$gt'];
  const { score, count, id } = cursor;
  const equal = { trendScore: score };
  return {
    trendScore: { [reach as string]: score },
    $or: [
      { trendScore: { [beyond as string]: score } },
      { ...equal, count: { [beyond as string]: count } },
      { ...equal, count, _id: { [beyond as string]: toObjectId(id, 'cursor') } },
    ],
  } as Filter<HashtagDocument>;
}

/** Hashtags and who used them in PostFeedServiceDB. */
export function createHashtagRepository(db: Db) {
  const hashtags = db.collection<HashtagDocument>('hashtags');
  const usage = db.collection<HashtagUsageDocument>('hashtag_usage');
  return {
    /** How many public posts each of these has; absent when it was never used. */
    async counts(tags: readonly string[]): Promise<Map<string, number>> {
      const rows = await hashtags.find({ tag: { $in: [...tags] } }, { comment: 'hashtags.counts' }).toArray();
      return new Map(rows.map(({ tag, count }) => [tag, count]));
    },

    /** Counts one public post more or fewer. Only a use renews `lastUsed`. */
    async count(tx: MongoTransaction, tag: string, by: 1 | -1, at: Date): Promise<void> {
      await hashtags.updateOne(
        { tag },
        {
          $inc: { count: by },
          ...(by > 0 ? { $max: { lastUsed: at, updatedAt: at } } : { $max: { updatedAt: at } }),
          $setOnInsert: {
            _id: new ObjectId(),
            trendScore: 0,
            createdAt: at,
            ...(by > 0 ? {} : { lastUsed: at }),
          },
        },
        { upsert: true, session: tx.session, comment: 'hashtags.count' },
      );
    },

    /** Notes that a person used a hashtag in an hour; once, however often they do. */
    async noteUse(tx: MongoTransaction, tag: string, userId: string, hour: Date): Promise<void> {
      await usage.updateOne(
        { tag, hour, userId },
        { $setOnInsert: { _id: new ObjectId() } },
        { upsert: true, session: tx.session, comment: 'hashtagUsage.note' },
      );
    },

    /** Hashtags that trend, the most first. */
    async trending(request: PageRequest<TrendKey>): Promise<TrendingHashtag[]> {
      const order = request.direction === 'forward' ? -1 : 1;
      const rows = await hashtags
        .find(
          { $and: [{ trendScore: { $gt: 0 } }, past(request)] },
          {
            sort: { trendScore: order, count: order, _id: order },
            limit: request.limit,
            comment: 'hashtags.trending',
          },
        )
        .toArray();
      return rows.map(toTrending);
    },

    /** Hashtags used since then, the latest first. For the job: one that is used meanwhile moves ahead of it. */
    async usedSince(since: Date, request: PageRequest<TimeKey>): Promise<RecentHashtag[]> {
      const { filter, sort } = timePage('lastUsed', request);
      const rows = await hashtags
        .find(
          { $and: [{ lastUsed: { $gte: since } }, filter as Filter<HashtagDocument>] },
          { sort, limit: request.limit, comment: 'hashtags.usedSince' },
        )
        .toArray();
      return rows.map((row) => ({ ...toTrending(row), lastUsed: row.lastUsed }));
    },

    /** Up to `limit` hashtags with a score that nobody has used since then. */
    async fadedSince(since: Date, limit: number): Promise<TrendingHashtag[]> {
      const rows = await hashtags
        .find({ trendScore: { $gt: 0 }, lastUsed: { $lt: since } }, { limit, comment: 'hashtags.fadedSince' })
        .toArray();
      return rows.map(toTrending);
    },

    /** How many people used each of these within each window: a person counts where they used it last. */
    async users(tags: readonly string[], windows: { day: Date; week: Date; month: Date }) {
      const within = (since: Date) => ({ $sum: { $cond: [{ $gte: ['$last', since] }, 1, 0] } });
      const rows = await usage
        .aggregate<TagUsers & { _id: string }>(
          [
            { $match: { tag: { $in: [...tags] }, hour: { $gte: windows.month } } },
            { $group: { _id: { tag: '$tag', userId: '$userId' }, last: { $max: '$hour' } } },
            {
              $group: {
                _id: '$_id.tag',
                lastDay: within(windows.day),
                lastWeek: within(windows.week),
                lastMonth: { $sum: 1 },
              },
            },
          ],
          { comment: 'hashtagUsage.users' },
        )
        .toArray();
      return new Map(rows.map((row): [string, TagUsers] => [row._id, row]));
    },

    async setScores(scores: readonly NewScore[], at: Date): Promise<void> {
      if (scores.length === 0) return;
      await hashtags.bulkWrite(
        scores.map(({ tag, score }) => ({
          updateOne: { filter: { tag }, update: { $set: { trendScore: score, updatedAt: at } } },
        })),
        { ordered: false, comment: 'hashtags.setScores' },
      );
    },

    /** Forgets up to `limit` uses of a person. @returns how many. */
    async eraseUser(userId: string, limit: number): Promise<number> {
      const rows = await usage
        .find({ userId }, { projection: { _id: 1 }, limit, comment: 'hashtagUsage.eraseUser' })
        .toArray();
      if (rows.length === 0) return 0;
      const ids = rows.map(({ _id }) => _id);
      return (await usage.deleteMany({ _id: { $in: ids } }, { comment: 'hashtagUsage.eraseUser' })).deletedCount;
    },
  };
}

/** What {@link createHashtagRepository} returns. */
export type HashtagRepository = ReturnType<typeof createHashtagRepository>;
