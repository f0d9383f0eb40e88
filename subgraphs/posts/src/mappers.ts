// What stands behind each type of the graph: the parents that resolvers get.
import type { Poll, PollOption } from './post/post.ts';

export type { CommentView as CommentModel } from './comment/comment.ts';
export type { Hashtag as HashtagModel } from './hashtag/hashtag.ts';
export type { CommentAdded as CommentAddedEventModel } from './live/comment-stream.ts';
export type { Mention as MentionModel, PostView as PostModel } from './post/post.ts';
export type { Reaction as ReactionModel } from './reaction/reaction.ts';

/** A poll, and the post that asks it. */
export interface PollModel extends Poll {
  readonly postId: string;
}

/** An option of a poll, and where it is. */
export interface PollOptionModel extends PollOption {
  readonly postId: string;
  readonly votersCount: number;
}

/** A person: the rest is answered by the directory. */
export interface UserModel {
  readonly id: string;
}
