import type { CommentDocument, ReactionCounts, ReactionType } from '@postbook/db/posts';
import {
  fromObjectId,
  type MongoTransaction,
  type PageRequest,
  parseObjectId,
  type TimeKey,
  timePage,
  toObjectId,
} from '@postbook/service-kit';
import { type Db, ObjectId, type UpdateFilter } from 'mongodb';
import type { Mention } from '../post/post.ts';
import { reactionIncrements } from '../post/post-repository.ts';
import type { Comment } from './comment.ts';

/** A comment to store. */
export interface NewComment {
  readonly id: string;
  readonly postId: string;
  readonly sequence: number;
  readonly authorId: string;
  readonly content: string;
  readonly mentions: readonly Mention[];
  readonly parentId: string | null;
  readonly createdAt: Date;
  readonly request?: { readonly clientMutationId: string; readonly requestHash: string } | undefined;
}

/** A new comment's id. */
export const newCommentId = (): string => new ObjectId().toHexString();

const toComment = (document: CommentDocument): Comment => ({
  id: fromObjectId(document._id),
  postId: fromObjectId(document.postId),
  sequence: document.sequence,
  authorId: document.userId,
  content: document.content,
  mentions: document.mentions,
  parentId: document.parentCommentId ? fromObjectId(document.parentCommentId) : null,
  reactionCounts: document.reactionCounts,
  likesCount: document.likesCount,
  repliesCount: document.repliesCount,
  reactionSequence: document.reactionSequence,
  isDeleted: document.isDeleted,
  version: document.version,
  createdAt: document.createdAt,
});

const toDocument = (comment: NewComment): CommentDocument => ({
  _id: toObjectId(comment.id),
  postId: toObjectId(comment.postId),
  sequence: comment.sequence,
  userId: comment.authorId,
  content: comment.content,
  mentions: comment.mentions.map((mention) => ({ ...mention })),
  parentCommentId: comment.parentId === null ? null : toObjectId(comment.parentId),
  reactionCounts: {},
  likesCount: 0,
  repliesCount: 0,
  reactionSequence: 0,
  isEdited: false,
  isDeleted: false,
  version: 1,
  createdAt: comment.createdAt,
  updatedAt: comment.createdAt,
  ...comment.request,
});

/** Comments in PostFeedServiceDB. */
export function createCommentRepository(db: Db) {
  const comments = db.collection<CommentDocument>('comments');

  /** Changes a comment that is there and returns it as it is then. */
  async function change(
    tx: MongoTransaction,
    id: string,
    update: UpdateFilter<CommentDocument>,
    comment: string,
  ): Promise<Comment | undefined> {
    const document = await comments.findOneAndUpdate({ _id: toObjectId(id), isDeleted: false }, update, {
      returnDocument: 'after',
      session: tx.session,
      comment,
    });
    return document ? toComment(document) : undefined;
  }

  return {
    async insert(tx: MongoTransaction, written: readonly NewComment[]): Promise<Comment[]> {
      const documents = written.map(toDocument);
      await comments.insertMany(documents, { session: tx.session, comment: 'comments.insert' });
      return documents.map(toComment);
    },

    /** Those that exist, deleted ones too, in no order. */
    async byIds(ids: readonly string[], tx?: MongoTransaction): Promise<Comment[]> {
      const keys = ids.map(parseObjectId).filter((id) => id !== undefined);
      if (keys.length === 0) return [];
      const options = { comment: 'comments.byIds', ...(tx ? { session: tx.session } : {}) };
      return (await comments.find({ _id: { $in: keys } }, options).toArray()).map(toComment);
    },

    /** The comments that these requests made, with the requests' fingerprints. */
    async byRequests(
      postId: string,
      requests: readonly { readonly authorId: string; readonly clientMutationId: string }[],
      tx?: MongoTransaction,
    ) {
      if (requests.length === 0) return [];
      const own = toObjectId(postId);
      const each = requests.map(({ authorId, clientMutationId }) => ({
        postId: own,
        userId: authorId,
        clientMutationId,
      }));
      const options = { comment: 'comments.byRequests', ...(tx ? { session: tx.session } : {}) };
      const rows = await comments.find({ $or: each }, options).toArray();
      return rows.map((row) => ({
        comment: toComment(row),
        clientMutationId: row.clientMutationId ?? '',
        requestHash: row.requestHash ?? '',
      }));
    },

    /** Comments on a post, or replies to one of them; newest first, deleted ones too. */
    async page(postId: string, parentId: string | null, request: PageRequest<TimeKey>): Promise<Comment[]> {
      const { filter, sort } = timePage('createdAt', request);
      const parentCommentId = parentId === null ? null : toObjectId(parentId);
      const rows = await comments
        .find(
          { postId: toObjectId(postId), parentCommentId, ...filter },
          { sort, limit: request.limit, comment: 'comments.page' },
        )
        .toArray();
      return rows.map(toComment);
    },

    /** Up to `limit` comments of a post with a higher sequence, lowest first, deleted ones too: their ids. */
    async after(postId: string, sequence: number, limit: number) {
      const rows = await comments
        .find(
          { postId: toObjectId(postId), sequence: { $gt: sequence } },
          { projection: { sequence: 1 }, sort: { sequence: 1 }, limit, comment: 'comments.after' },
        )
        .toArray();
      return rows.map((row) => ({ sequence: row.sequence, commentId: fromObjectId(row._id) }));
    },

    /** Counts replies: by how much each comment's number changes, also of a tombstone's. */
    async countReplies(tx: MongoTransaction, changes: ReadonlyMap<string, number>): Promise<void> {
      if (changes.size === 0) return;
      const writes = [...changes].map(([id, by]) => ({
        updateOne: { filter: { _id: toObjectId(id) }, update: { $inc: { repliesCount: by } } },
      }));
      await comments.bulkWrite(writes, { session: tx.session, comment: 'comments.countReplies' });
    },

    /** Leaves a tombstone without text. */
    delete: (tx: MongoTransaction, id: string, deletedById: string, at: Date) =>
      change(
        tx,
        id,
        {
          $set: { content: '', mentions: [], isDeleted: true, deletedAt: at, deletedById, updatedAt: at },
          $inc: { version: 1 },
        },
        'comments.delete',
      ),

    /** Counts reactions: by how much each kind changes, in how many steps. */
    countReactions: (tx: MongoTransaction, id: string, counts: ReadonlyMap<ReactionType, number>, steps: number) =>
      change(tx, id, { $inc: { ...reactionIncrements(counts), reactionSequence: steps } }, 'comments.countReactions'),

    /** Sets counters to what was counted anew. */
    async setCounters(
      tx: MongoTransaction,
      id: string,
      counters: { readonly reactionCounts: ReactionCounts; readonly likesCount: number; readonly repliesCount: number },
    ): Promise<void> {
      await comments.updateOne(
        { _id: toObjectId(id) },
        { $set: { ...counters } },
        { session: tx.session, comment: 'comments.setCounters' },
      );
    },
  };
}

/** What {@link createCommentRepository} returns. */
export type CommentRepository = ReturnType<typeof createCommentRepository>;
