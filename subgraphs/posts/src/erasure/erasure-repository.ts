import type {
  CommentDocument,
  PollVoteDocument,
  PostDocument,
  PostViewDocument,
  ShareDocument,
} from '@postbook/db/posts';
import { fromObjectId, toObjectId } from '@postbook/service-kit';
import type { Collection, Db, Document, Filter } from 'mongodb';
import type { Post } from '../post/post.ts';
import { toPost } from '../post/post-document.ts';

/** Deletes up to `limit` documents of a filter. @returns how many. */
async function removeSome<T extends Document>(
  collection: Collection<T>,
  filter: Filter<T>,
  limit: number,
  comment: string,
): Promise<number> {
  const rows = await collection.find(filter, { projection: { _id: 1 }, limit, comment }).toArray();
  if (rows.length === 0) return 0;
  const ids = { _id: { $in: rows.map(({ _id }) => _id) } } as unknown as Filter<T>;
  return (await collection.deleteMany(ids, { comment })).deletedCount;
}

/** What erasing people and posts takes out of PostFeedServiceDB, in bounded steps that may be repeated. */
export function createErasureRepository(db: Db) {
  const posts = db.collection<PostDocument>('posts');
  const comments = db.collection<CommentDocument>('comments');
  const votes = db.collection<PollVoteDocument>('poll_votes');
  const views = db.collection<PostViewDocument>('post_views');
  const shares = db.collection<ShareDocument>('shares');

  return {
    /** Up to `limit` posts of a person, deleted ones too. */
    async postsOf(userId: string, limit: number): Promise<Post[]> {
      return (await posts.find({ userId }, { limit, comment: 'erasure.postsOf' }).toArray()).map(toPost);
    },

    /** Up to `limit` posts that were deleted before then. */
    async deletedBefore(before: Date, limit: number): Promise<Post[]> {
      const rows = await posts
        .find({ deletedAt: { $exists: true, $lt: before } }, { limit, comment: 'erasure.deletedBefore' })
        .toArray();
      return rows.map(toPost);
    },

    async removePost(postId: string): Promise<void> {
      await posts.deleteOne({ _id: toObjectId(postId) }, { comment: 'erasure.removePost' });
    },

    /** Up to `limit` ids of comments on a post. */
    async commentsOf(postId: string, limit: number): Promise<string[]> {
      const rows = await comments
        .find({ postId: toObjectId(postId) }, { projection: { _id: 1 }, limit, comment: 'erasure.commentsOf' })
        .toArray();
      return rows.map(({ _id }) => fromObjectId(_id));
    },

    async removeComments(ids: readonly string[]): Promise<void> {
      const keys = ids.map((id) => toObjectId(id));
      await comments.deleteMany({ _id: { $in: keys } }, { comment: 'erasure.removeComments' });
    },

    /** Votes, views and shares of a post, up to `limit` of each. */
    async removeTraces(postId: string, limit: number): Promise<number> {
      const id = toObjectId(postId);
      const counts = await Promise.all([
        removeSome(votes, { postId: id }, limit, 'erasure.votes'),
        removeSome(views, { postId: id }, limit, 'erasure.views'),
        removeSome(shares, { originalPostId: id }, limit, 'erasure.shares'),
      ]);
      return counts.reduce((sum, count) => sum + count, 0);
    },

    /** Views and shares of a person, up to `limit` of each. */
    async removePersonTraces(userId: string, limit: number): Promise<number> {
      const counts = await Promise.all([
        removeSome(views, { viewerId: userId }, limit, 'erasure.viewsOf'),
        removeSome(shares, { userId }, limit, 'erasure.sharesOf'),
      ]);
      return counts.reduce((sum, count) => sum + count, 0);
    },

    /** How many comments of a person stay, under nobody's name. What tied them to devices goes. */
    async anonymiseComments(userId: string, limit: number): Promise<number> {
      const filter = { userId, clientMutationId: { $exists: true } };
      const rows = await comments
        .find(filter, { projection: { _id: 1 }, limit, comment: 'erasure.anonymise' })
        .toArray();
      if (rows.length === 0) return 0;
      const ids = { _id: { $in: rows.map(({ _id }) => _id) } };
      const change = { $unset: { clientMutationId: 1, requestHash: 1 } } as const;
      return (await comments.updateMany(ids, change, { comment: 'erasure.anonymise' })).modifiedCount;
    },

    /** Takes links to a person out of up to `limit` texts of others, and the person out of as many audiences. */
    async removeNames(userId: string, limit: number): Promise<number> {
      const mention = { 'mentions.userId': userId };
      const pull = { $pull: { mentions: { userId } } };
      let count = 0;
      for (const collection of [posts, comments] as unknown as Collection<PostDocument>[]) {
        const rows = await collection
          .find(mention, { projection: { _id: 1 }, limit, comment: 'erasure.mentions' })
          .toArray();
        const ids = { _id: { $in: rows.map(({ _id }) => _id) } };
        if (rows.length > 0) await collection.updateMany(ids, pull, { comment: 'erasure.mentions' });
        count += rows.length;
      }
      const rows = await posts
        .find({ audience: userId }, { projection: { _id: 1 }, limit, comment: 'erasure.audiences' })
        .toArray();
      const ids = { _id: { $in: rows.map(({ _id }) => _id) } };
      const leave = { $pull: { audience: userId } };
      if (rows.length > 0) await posts.updateMany(ids, leave, { comment: 'erasure.audiences' });
      return count + rows.length;
    },
  };
}

/** What {@link createErasureRepository} returns. */
export type ErasureRepository = ReturnType<typeof createErasureRepository>;
