import type { CommentDocument, PollVoteDocument } from '@postbook/db/posts';
import { fromObjectId, type MongoTransaction, toObjectId } from '@postbook/service-kit';
import type { Collection, Db, Document, ObjectId } from 'mongodb';

/** Votes of one poll, counted anew. */
export interface CountedVotes {
  /** By option. */
  readonly options: ReadonlyMap<string, number>;
  readonly voters: number;
}

const inTx = (tx: MongoTransaction | undefined) => (tx ? { session: tx.session } : {});

/** Counts anew what counters say, in PostFeedServiceDB. */
export function createCounterRepository(db: Db) {
  const comments = db.collection<CommentDocument>('comments');
  const votes = db.collection<PollVoteDocument>('poll_votes');

  async function count<Key>(
    collection: Collection<CommentDocument> | Collection<PollVoteDocument>,
    stages: readonly Document[],
    comment: string,
    tx: MongoTransaction | undefined,
  ) {
    const pipeline = [...stages];
    const options = { comment, ...inTx(tx) };
    return (collection as unknown as Collection<Document>)
      .aggregate<{ _id: Key; count: number }>(pipeline, options)
      .toArray();
  }

  async function countComments(field: 'postId' | 'parentCommentId', ids: readonly string[], tx?: MongoTransaction) {
    const match = { [field]: { $in: ids.map((id) => toObjectId(id)) }, isDeleted: false };
    const stages = [{ $match: match }, { $group: { _id: `$${field}`, count: { $sum: 1 } } }];
    const rows = await count<ObjectId>(comments, stages, `counters.${field}`, tx);
    return new Map(rows.map((row) => [fromObjectId(row._id), row.count]));
  }

  return {
    /** Comments and replies that are there, by post. */
    comments: (postIds: readonly string[], tx?: MongoTransaction) => countComments('postId', postIds, tx),

    /** Replies that are there, by comment. */
    replies: (commentIds: readonly string[], tx?: MongoTransaction) => countComments('parentCommentId', commentIds, tx),

    /** Votes by poll. */
    async votes(postIds: readonly string[], tx?: MongoTransaction): Promise<Map<string, CountedVotes>> {
      const match = { $match: { postId: { $in: postIds.map((id) => toObjectId(id)) } } };
      const byOption = await count<{ postId: ObjectId; optionId: string }>(
        votes,
        [match, { $group: { _id: { postId: '$postId', optionId: '$optionId' }, count: { $sum: 1 } } }],
        'counters.votes',
        tx,
      );
      const byPost = await count<ObjectId>(
        votes,
        [
          match,
          { $group: { _id: { postId: '$postId', userId: '$userId' } } },
          { $group: { _id: '$_id.postId', count: { $sum: 1 } } },
        ],
        'counters.voters',
        tx,
      );
      const voters = new Map(byPost.map((row) => [fromObjectId(row._id), row.count]));
      const options = Map.groupBy(byOption, (row) => fromObjectId(row._id.postId));
      return new Map(
        [...options].map(([postId, rows]) => [
          postId,
          { options: new Map(rows.map((row) => [row._id.optionId, row.count])), voters: voters.get(postId) ?? 0 },
        ]),
      );
    },

    /** Up to `limit` ids of comments past the given one, in the order of ids. */
    async commentIdsAfter(after: string | undefined, limit: number): Promise<string[]> {
      const rows = await comments
        .find(after === undefined ? {} : { _id: { $gt: toObjectId(after) } }, {
          projection: { _id: 1 },
          sort: { _id: 1 },
          limit,
          comment: 'counters.commentIdsAfter',
        })
        .toArray();
      return rows.map(({ _id }) => fromObjectId(_id));
    },
  };
}

/** What {@link createCounterRepository} returns. */
export type CounterRepository = ReturnType<typeof createCounterRepository>;
