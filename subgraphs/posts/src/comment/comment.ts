import type { Mention, PostView, ReactionCounts } from '../post/post.ts';

/** A comment on a post, or a reply to one. */
export interface Comment {
  readonly id: string;
  readonly postId: string;
  /** 1, 2, 3 … in the post, replies included, without gaps. */
  readonly sequence: number;
  readonly authorId: string;
  /** Empty once it is deleted. */
  readonly content: string;
  readonly mentions: readonly Mention[];
  /** The comment it replies to; null for one on the post. */
  readonly parentId: string | null;
  readonly reactionCounts: ReactionCounts;
  readonly likesCount: number;
  /** Replies that are not deleted. */
  readonly repliesCount: number;
  /** How often a reaction to it changed. */
  readonly reactionSequence: number;
  readonly isDeleted: boolean;
  readonly version: number;
  readonly createdAt: Date;
}

/** A comment that the viewer may see, on a post that they see. */
export interface CommentView {
  readonly comment: Comment;
  readonly post: PostView;
}
