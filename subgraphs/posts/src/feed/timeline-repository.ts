import type { TimelineDocument } from '@postbook/db/posts';
import { fromObjectId, type PageRequest, type TimeKey, toObjectId } from '@postbook/service-kit';
import type { Db, Filter } from 'mongodb';
import { type FeedEntry, TIMELINE_LENGTH } from './timeline.ts';

/** A bound that holds for every moment: with one, both engines read the index in order instead of sorting. */
const EVER_BEFORE = new Date('9999-12-31T23:59:59.999Z');
const EVER_AFTER = new Date(0);

const toEntry = (document: TimelineDocument): FeedEntry => ({
  postId: fromObjectId(document.postId),
  authorId: document.authorId,
  createdAt: document.createdAt,
});

function past({ cursor, direction }: PageRequest<TimeKey>): Filter<TimelineDocument> {
  const isForward = direction === 'forward';
  const [reach, beyond] = isForward ? (['$lte', '$lt'] as const) : (['$gte', '$gt'] as const);
  if (!cursor) return { createdAt: { [reach]: isForward ? EVER_BEFORE : EVER_AFTER } };
  return {
    createdAt: { [reach]: cursor.at },
    $or: [{ createdAt: { [beyond]: cursor.at } }, { postId: { [beyond]: toObjectId(cursor.id, 'cursor') } }],
  } as Filter<TimelineDocument>;
}

/** Home feeds in PostFeedServiceDB: collection `timelines`. */
export function createTimelineRepository(db: Db) {
  const timelines = db.collection<TimelineDocument>('timelines');

  /** Deletes up to `limit` documents of a filter. */
  async function removeSome(filter: Filter<TimelineDocument>, limit: number, comment: string): Promise<number> {
    const rows = await timelines.find(filter, { projection: { _id: 1 }, limit, comment }).toArray();
    if (rows.length === 0) return 0;
    return (await timelines.deleteMany({ _id: { $in: rows.map(({ _id }) => _id) } }, { comment })).deletedCount;
  }

  return {
    /** Writes posts into feeds; those that are there stay as they are. */
    async write(readerIds: readonly string[], entries: readonly FeedEntry[]): Promise<void> {
      const writes = readerIds.flatMap((readerId) =>
        entries.map(({ postId, authorId, createdAt }) => ({
          updateOne: {
            filter: { _id: `${readerId}:${postId}` },
            update: { $setOnInsert: { readerId, postId: toObjectId(postId), authorId, createdAt } },
            upsert: true,
          },
        })),
      );
      if (writes.length > 0) await timelines.bulkWrite(writes, { ordered: false, comment: 'timelines.write' });
    },

    /** A page of a reader's feed, newest first. */
    async page(readerId: string, request: PageRequest<TimeKey>): Promise<FeedEntry[]> {
      const order = request.direction === 'forward' ? -1 : 1;
      const rows = await timelines
        .find(
          { readerId, ...past(request) },
          { sort: { createdAt: order, postId: order }, limit: request.limit, comment: 'timelines.page' },
        )
        .toArray();
      return rows.map(toEntry);
    },

    /** Cuts a reader's feed to its length. */
    async cut(readerId: string): Promise<void> {
      const [first] = await timelines
        .find(
          { readerId, ...past({ direction: 'forward', limit: 1 }) },
          { sort: { createdAt: -1, postId: -1 }, skip: TIMELINE_LENGTH, limit: 1, comment: 'timelines.cut' },
        )
        .toArray();
      if (!first) return;
      const older = { $or: [{ createdAt: { $lt: first.createdAt } }, { postId: { $lte: first.postId } }] };
      await timelines.deleteMany(
        { readerId, createdAt: { $lte: first.createdAt }, ...older },
        { comment: 'timelines.cut' },
      );
    },

    /** Takes an author out of a reader's feed. */
    async removeAuthor(readerId: string, authorId: string): Promise<void> {
      await timelines.deleteMany({ readerId, authorId }, { comment: 'timelines.removeAuthor' });
    },

    /** Takes a post out of up to `limit` feeds. @returns how many. */
    removePost: (postId: string, limit: number) =>
      removeSome({ postId: toObjectId(postId) }, limit, 'timelines.removePost'),

    /** Takes up to `limit` posts out of a reader's feed. @returns how many. */
    eraseReader: (readerId: string, limit: number) => removeSome({ readerId }, limit, 'timelines.eraseReader'),
  };
}

/** What {@link createTimelineRepository} returns. */
export type TimelineRepository = ReturnType<typeof createTimelineRepository>;
