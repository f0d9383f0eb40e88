import type { PostDocument, ReactionType } from '@postbook/db/posts';
import { fromObjectId, type MongoTransaction, parseObjectId, toObjectId } from '@postbook/service-kit';
import { type Db, ObjectId, type UpdateFilter } from 'mongodb';
import type { Mention, Poll, Post } from './post.ts';
import { toPost } from './post-document.ts';

/** A post to store. */
export interface NewPost {
  readonly id: string;
  readonly authorId: string;
  readonly kind: Post['kind'];
  readonly content: string;
  readonly mediaIds: readonly string[];
  readonly visibility: Post['visibility'];
  readonly audience: readonly string[];
  readonly hashtags: readonly string[];
  readonly mentions: readonly Mention[];
  readonly poll: Poll | null;
  readonly createdAt: Date;
  readonly request?: { readonly clientMutationId: string; readonly requestHash: string } | undefined;
}

/** What an edit sets; absent fields stay. */
export interface PostChange {
  readonly content?: string;
  readonly visibility?: Post['visibility'];
  readonly audience?: readonly string[];
  readonly hashtags?: readonly string[];
  readonly mentions?: readonly Mention[];
  readonly editedAt?: Date;
  readonly countedHashtags?: readonly string[];
}

/** A new post's id. */
export const newPostId = (): string => new ObjectId().toHexString();

const toPollDocument = ({ question, options, allowMultipleAnswers, votersCount, expiresAt }: Poll) => ({
  question,
  options: options.map((option) => ({ ...option })),
  allowMultipleAnswers,
  votersCount,
  ...(expiresAt ? { expiresAt } : {}),
});

const toDocument = (post: NewPost): PostDocument => ({
  _id: toObjectId(post.id),
  userId: post.authorId,
  postType: post.kind,
  content: post.content,
  ...(post.mediaIds.length > 0 ? { mediaIds: post.mediaIds.map((id) => toObjectId(id, 'mediaIds')) } : {}),
  visibility: post.visibility,
  audience: [...post.audience],
  hashtags: [...post.hashtags],
  countedHashtags: [],
  mentions: post.mentions.map((mention) => ({ ...mention })),
  ...(post.poll ? { poll: toPollDocument(post.poll) } : {}),
  reactionCounts: {},
  likesCount: 0,
  commentsCount: 0,
  sharesCount: 0,
  viewsCount: 0,
  commentSequence: 0,
  reactionSequence: 0,
  isPinned: false,
  isArchived: false,
  isDeleted: false,
  version: 1,
  createdAt: post.createdAt,
  updatedAt: post.createdAt,
  ...post.request,
});

/** How `reactionCounts` and its total change. @param counts by how much each kind does. */
export const reactionIncrements = (counts: ReadonlyMap<ReactionType, number>): Record<string, number> => ({
  ...Object.fromEntries([...counts].filter(([, by]) => by !== 0).map(([kind, by]) => [`reactionCounts.${kind}`, by])),
  likesCount: [...counts.values()].reduce((sum, by) => sum + by, 0),
});

/** Posts in PostFeedServiceDB: one at a time, and by their ids. */
export function createPostRepository(db: Db) {
  const posts = db.collection<PostDocument>('posts');

  /** Changes a post that is there and returns it as it is then. Writers of one post meet here: see the transactor. */
  async function change(
    tx: MongoTransaction,
    id: string,
    update: UpdateFilter<PostDocument>,
    comment: string,
  ): Promise<Post | undefined> {
    const document = await posts.findOneAndUpdate({ _id: toObjectId(id), isDeleted: false }, update, {
      returnDocument: 'after',
      session: tx.session,
      comment,
    });
    return document ? toPost(document) : undefined;
  }

  return {
    async insert(tx: MongoTransaction, post: NewPost): Promise<Post> {
      const document = toDocument(post);
      await posts.insertOne(document, { session: tx.session, comment: 'posts.insert' });
      return toPost(document);
    },

    /** Those that exist, deleted ones too, in no order. Ids that are none are left out. */
    async byIds(ids: readonly string[], tx?: MongoTransaction): Promise<Post[]> {
      const keys = ids.map(parseObjectId).filter((id) => id !== undefined);
      if (keys.length === 0) return [];
      const options = { comment: 'posts.byIds', ...(tx ? { session: tx.session } : {}) };
      return (await posts.find({ _id: { $in: keys } }, options).toArray()).map(toPost);
    },

    /** The post that the author's request made, with the request's fingerprint. */
    async byRequest(authorId: string, clientMutationId: string) {
      const found = await posts.findOne({ userId: authorId, clientMutationId }, { comment: 'posts.byRequest' });
      return found ? { post: toPost(found), requestHash: found.requestHash ?? '' } : undefined;
    },

    /** Edits a post that is there. @returns it with its next version. */
    update: (tx: MongoTransaction, id: string, set: PostChange, at: Date) =>
      change(
        tx,
        id,
        { $set: { ...set, updatedAt: at } as Partial<PostDocument>, $inc: { version: 1 } },
        'posts.update',
      ),

    /** Notes under which tags the post is counted; no event tells of it. */
    async setCountedHashtags(tx: MongoTransaction, id: string, tags: readonly string[]): Promise<void> {
      await posts.updateOne(
        { _id: toObjectId(id) },
        { $set: { countedHashtags: [...tags] } },
        { session: tx.session, comment: 'posts.setCountedHashtags' },
      );
    },

    /** Deletes a post that is there. What it had stays until it is swept. */
    delete: (tx: MongoTransaction, id: string, at: Date) =>
      change(tx, id, { $set: { isDeleted: true, deletedAt: at, updatedAt: at }, $inc: { version: 1 } }, 'posts.delete'),

    /** Takes the next numbers for so many comments. */
    addComments: (tx: MongoTransaction, id: string, count: number) =>
      change(tx, id, { $inc: { commentSequence: count, commentsCount: count } }, 'posts.addComments'),

    /** One comment fewer, also of a post that was deleted meanwhile. */
    async removeComment(tx: MongoTransaction, id: string): Promise<void> {
      await posts.updateOne(
        { _id: toObjectId(id) },
        { $inc: { commentsCount: -1 } },
        { session: tx.session, comment: 'posts.removeComment' },
      );
    },

    /** Counts reactions: by how much each kind changes, in how many steps. */
    countReactions: (tx: MongoTransaction, id: string, counts: ReadonlyMap<ReactionType, number>, steps: number) =>
      change(tx, id, { $inc: { ...reactionIncrements(counts), reactionSequence: steps } }, 'posts.countReactions'),

    /** Counts votes: by how much each option changes, by its place, and how many people voted. */
    countVotes(tx: MongoTransaction, id: string, changes: ReadonlyMap<number, number>, voters: number) {
      const options = Object.fromEntries([...changes].map(([place, by]) => [`poll.options.${place}.votes`, by]));
      return change(tx, id, { $inc: { ...options, 'poll.votersCount': voters } }, 'posts.countVotes');
    },

    /** Sets counters to what was counted anew. */
    async setCounters(
      tx: MongoTransaction,
      id: string,
      counters: Pick<Post, 'reactionCounts' | 'likesCount' | 'commentsCount' | 'poll'>,
    ): Promise<void> {
      const { poll, reactionCounts, likesCount, commentsCount } = counters;
      const set = { reactionCounts, likesCount, commentsCount, ...(poll ? { poll: toPollDocument(poll) } : {}) };
      await posts.updateOne(
        { _id: toObjectId(id) },
        { $set: set },
        { session: tx.session, comment: 'posts.setCounters' },
      );
    },

    /** Up to `limit` ids of posts past the given one, in the order of ids: for jobs that walk over all. */
    async idsAfter(after: string | undefined, limit: number): Promise<string[]> {
      const rows = await posts
        .find(after === undefined ? {} : { _id: { $gt: toObjectId(after) } }, {
          projection: { _id: 1 },
          sort: { _id: 1 },
          limit,
          comment: 'posts.idsAfter',
        })
        .toArray();
      return rows.map(({ _id }) => fromObjectId(_id));
    },
  };
}

/** What {@link createPostRepository} returns. */
export type PostRepository = ReturnType<typeof createPostRepository>;
