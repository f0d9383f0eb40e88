import type { JobDefinition, Logger, MongoTransaction, Transactor } from '@postbook/service-kit';
import type { Comment } from '../comment/comment.ts';
import type { CommentRepository } from '../comment/comment-repository.ts';
import type { Post } from '../post/post.ts';
import type { PostRepository } from '../post/post-repository.ts';
import { targetKey } from '../reaction/reaction.ts';
import type { ReactionRepository } from '../reaction/reaction-repository.ts';
import { type CountedPost, countedReactions, isCommentRight, isPostRight, withVotes } from './counted.ts';
import type { CounterRepository } from './counter-repository.ts';

/** What {@link createCounterReconciler} needs. */
export interface CounterReconcilerOptions {
  readonly transactor: Transactor<MongoTransaction>;
  readonly posts: PostRepository;
  readonly comments: CommentRepository;
  readonly reactions: ReactionRepository;
  readonly counters: CounterRepository;
  readonly log: Logger;
}

/** Posts or comments counted at a time. */
const CHUNK = 200;

/** Compares counters with what they count. They change together, so a difference is a fault of ours: it is logged. */
export function createCounterReconciler(options: CounterReconcilerOptions) {
  const { transactor, posts, comments, reactions, counters, log } = options;

  async function countPosts(rows: readonly Post[], tx?: MongoTransaction): Promise<Map<string, CountedPost>> {
    const ids = rows.map(({ id }) => id);
    const polls = rows.filter(({ poll }) => poll).map(({ id }) => id);
    const liked = await reactions.counts(
      ids.map((id) => ({ type: 'Post', id })),
      tx,
    );
    const written = await counters.comments(ids, tx);
    const votes = polls.length > 0 ? await counters.votes(polls, tx) : undefined;
    return new Map(
      rows.map(({ id, poll }) => [
        id,
        {
          ...countedReactions(liked.get(targetKey({ type: 'Post', id }))),
          commentsCount: written.get(id) ?? 0,
          poll: poll && withVotes(poll, votes?.get(id)),
        },
      ]),
    );
  }

  async function countCommented(rows: readonly Comment[], tx?: MongoTransaction) {
    const ids = rows.map(({ id }) => id);
    const liked = await reactions.counts(
      ids.map((id) => ({ type: 'Comment', id })),
      tx,
    );
    const replies = await counters.replies(ids, tx);
    return new Map(
      ids.map((id) => [
        id,
        {
          ...countedReactions(liked.get(targetKey({ type: 'Comment', id }))),
          repliesCount: replies.get(id) ?? 0,
        },
      ]),
    );
  }

  /** Counts once more where nobody else can write in between. */
  const repairPost = (id: string) =>
    transactor.run(async (tx) => {
      const rows = await posts.byIds([id], tx);
      const counted = (await countPosts(rows, tx)).get(id);
      const [post] = rows;
      if (!post || !counted || isPostRight(post, counted)) return false;
      await posts.setCounters(tx, id, counted);
      log.warn({ postId: id }, 'the counters of a post were wrong');
      return true;
    });

  const repairComment = (id: string) =>
    transactor.run(async (tx) => {
      const rows = await comments.byIds([id], tx);
      const counted = (await countCommented(rows, tx)).get(id);
      const [comment] = rows;
      if (!comment || !counted || isCommentRight(comment, counted)) return false;
      await comments.setCounters(tx, id, counted);
      log.warn({ commentId: id }, 'the counters of a comment were wrong');
      return true;
    });

  async function reconcilePosts(ids: readonly string[]): Promise<number> {
    const rows = (await posts.byIds(ids)).filter(({ isDeleted }) => !isDeleted);
    const counted = await countPosts(rows);
    let repaired = 0;
    for (const post of rows) {
      const truth = counted.get(post.id);
      if (truth && !isPostRight(post, truth) && (await repairPost(post.id))) repaired += 1;
    }
    return repaired;
  }

  async function reconcileComments(ids: readonly string[]): Promise<number> {
    const rows = await comments.byIds(ids);
    const counted = await countCommented(rows);
    let repaired = 0;
    for (const comment of rows) {
      const truth = counted.get(comment.id);
      if (truth && !isCommentRight(comment, truth) && (await repairComment(comment.id))) repaired += 1;
    }
    return repaired;
  }

  async function walk(
    signal: AbortSignal | undefined,
    next: (after: string | undefined, limit: number) => Promise<string[]>,
    work: (ids: readonly string[]) => Promise<number>,
  ): Promise<number> {
    let repaired = 0;
    for (let after: string | undefined; !signal?.aborted; ) {
      const ids = await next(after, CHUNK);
      if (ids.length > 0) repaired += await work(ids);
      if (ids.length < CHUNK) break;
      after = ids.at(-1);
    }
    return repaired;
  }

  return {
    /** Goes over all posts and comments. @returns how many were wrong. */
    async reconcile(signal?: AbortSignal): Promise<number> {
      const ofPosts = await walk(signal, posts.idsAfter, reconcilePosts);
      return ofPosts + (await walk(signal, counters.commentIdsAfter, reconcileComments));
    },
  };
}

/** What {@link createCounterReconciler} returns. */
export type CounterReconciler = ReturnType<typeof createCounterReconciler>;

/** The job that goes over all counters at night. */
export const counterJob = (reconciler: CounterReconciler): JobDefinition => ({
  name: 'posts-reconcile-counters',
  schedule: '17 2 * * *',
  timeoutMs: 4 * 60 * 60_000,
  run: async ({ signal }) => void (await reconciler.reconcile(signal)),
});
