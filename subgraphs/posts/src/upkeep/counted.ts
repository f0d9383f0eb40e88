import type { Comment } from '../comment/comment.ts';
import type { Poll, Post, ReactionCounts } from '../post/post.ts';
import type { CountedVotes } from './counter-repository.ts';

/** Reactions, counted anew. */
export interface CountedReactions {
  readonly reactionCounts: ReactionCounts;
  readonly likesCount: number;
}

/** Reactions of all kinds together. */
export const countedReactions = (reactionCounts: ReactionCounts = {}): CountedReactions => ({
  reactionCounts,
  likesCount: Object.values(reactionCounts).reduce((sum, count) => sum + count, 0),
});

function hasReactions(entity: Pick<Post, 'reactionCounts' | 'likesCount'>, counted: CountedReactions): boolean {
  // Which kinds there are is said by either: one that nobody uses may be absent or 0.
  const kinds = Object.keys({ ...entity.reactionCounts, ...counted.reactionCounts }) as (keyof ReactionCounts)[];
  return (
    entity.likesCount === counted.likesCount &&
    kinds.every((kind) => (entity.reactionCounts[kind] ?? 0) === (counted.reactionCounts[kind] ?? 0))
  );
}

const NO_VOTES: CountedVotes = { options: new Map(), voters: 0 };

/** A poll with its votes as they were counted. */
export const withVotes = (poll: Poll, votes: CountedVotes = NO_VOTES): Poll => ({
  ...poll,
  votersCount: votes.voters,
  options: poll.options.map((option) => ({ ...option, votes: votes.options.get(option.id) ?? 0 })),
});

/** What a post's counters should say. */
export interface CountedPost extends CountedReactions {
  readonly commentsCount: number;
  readonly poll: Poll | null;
}

/** Whether a post's counters say what was counted. */
export const isPostRight = (post: Post, counted: CountedPost): boolean =>
  hasReactions(post, counted) &&
  post.commentsCount === counted.commentsCount &&
  JSON.stringify(post.poll) === JSON.stringify(counted.poll);

/** Whether a comment's counters say what was counted. */
export const isCommentRight = (comment: Comment, counted: CountedReactions & { repliesCount: number }): boolean =>
  hasReactions(comment, counted) && comment.repliesCount === counted.repliesCount;
