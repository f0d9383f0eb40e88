import type { LargeAuthorDocument } from '@postbook/db/posts';
import type { Db } from 'mongodb';

/** Most authors that are looked up when a feed is read: there are few who have so many readers. */
const MOST = 5_000;

/** Authors whose posts are not written into feeds, in PostFeedServiceDB. */
export function createLargeAuthorRepository(db: Db) {
  const authors = db.collection<LargeAuthorDocument>('large_authors');
  return {
    async mark(authorId: string, readers: number, at: Date): Promise<void> {
      await authors.updateOne(
        { _id: authorId },
        { $set: { readers, countedAt: at } },
        { upsert: true, comment: 'largeAuthors.mark' },
      );
    },

    async unmark(authorId: string): Promise<void> {
      await authors.deleteOne({ _id: authorId }, { comment: 'largeAuthors.unmark' });
    },

    async isMarked(authorId: string): Promise<boolean> {
      return (await authors.findOne({ _id: authorId }, { comment: 'largeAuthors.isMarked' })) !== null;
    },

    /** Their ids, in no order. */
    async all(): Promise<string[]> {
      const rows = await authors
        .find({}, { projection: { _id: 1 }, limit: MOST, comment: 'largeAuthors.all' })
        .toArray();
      return rows.map(({ _id }) => _id);
    },
  };
}

/** What {@link createLargeAuthorRepository} returns. */
export type LargeAuthorRepository = ReturnType<typeof createLargeAuthorRepository>;
