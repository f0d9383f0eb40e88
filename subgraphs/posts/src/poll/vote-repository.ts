import type { PollVoteDocument } from '@postbook/db/posts';
import { fromObjectId, type MongoTransaction, toObjectId } from '@postbook/service-kit';
import { type Db, ObjectId } from 'mongodb';

/** Votes in PostFeedServiceDB. Nothing here tells one person what another chose. */
export function createVoteRepository(db: Db) {
  const votes = db.collection<PollVoteDocument>('poll_votes');
  return {
    /** What the person chose in each of these polls. */
    async ofPerson(userId: string, postIds: readonly string[], tx?: MongoTransaction): Promise<Map<string, string[]>> {
      const options = { comment: 'votes.ofPerson', ...(tx ? { session: tx.session } : {}) };
      const filter = { postId: { $in: postIds.map((id) => toObjectId(id)) }, userId };
      const rows = await votes.find(filter, options).toArray();
      const chosen = Map.groupBy(rows, ({ postId }) => fromObjectId(postId));
      return new Map([...chosen].map(([postId, own]) => [postId, own.map(({ optionId }) => optionId)]));
    },

    async add(tx: MongoTransaction, postId: string, userId: string, optionIds: readonly string[], at: Date) {
      if (optionIds.length === 0) return;
      await votes.insertMany(
        optionIds.map((optionId) => ({
          _id: new ObjectId(),
          postId: toObjectId(postId),
          userId,
          optionId,
          createdAt: at,
        })),
        { session: tx.session, comment: 'votes.add' },
      );
    },

    async remove(tx: MongoTransaction, postId: string, userId: string, optionIds: readonly string[]): Promise<void> {
      if (optionIds.length === 0) return;
      await votes.deleteMany(
        { postId: toObjectId(postId), userId, optionId: { $in: [...optionIds] } },
        { session: tx.session, comment: 'votes.remove' },
      );
    },

    /** Up to `limit` polls in which the person voted. */
    async pollsOf(userId: string, limit: number): Promise<string[]> {
      const rows = await votes
        .find({ userId }, { projection: { postId: 1 }, limit, comment: 'votes.pollsOf' })
        .toArray();
      return [...new Set(rows.map(({ postId }) => fromObjectId(postId)))];
    },
  };
}

/** What {@link createVoteRepository} returns. */
export type VoteRepository = ReturnType<typeof createVoteRepository>;
