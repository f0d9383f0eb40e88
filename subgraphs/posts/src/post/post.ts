import type { PostType, ReactionCounts, Visibility } from '@postbook/db/posts';
import type { Standing } from './post-policy.ts';

export type { PostType, ReactionCounts, Visibility };

/** Somebody named in a text whom the author may mention, and the name as it stands there. */
export interface Mention {
  readonly userId: string;
  readonly name: string;
  /** Whether they were told of it. */
  readonly isTold: boolean;
}

/** An answer of a poll. */
export interface PollOption {
  readonly id: string;
  readonly text: string;
  readonly votes: number;
}

/** The question of a post. */
export interface Poll {
  readonly question: string;
  readonly options: readonly PollOption[];
  readonly allowMultipleAnswers: boolean;
  readonly votersCount: number;
  /** Null for one that stays open. */
  readonly expiresAt: Date | null;
}

/** A post. */
export interface Post {
  readonly id: string;
  readonly authorId: string;
  readonly kind: PostType;
  readonly content: string;
  readonly mediaIds: readonly string[];
  readonly visibility: Visibility;
  /** Of a `Custom` post: who may see it besides the author. */
  readonly audience: readonly string[];
  readonly hashtags: readonly string[];
  /** The tags under which it is counted. */
  readonly countedHashtags: readonly string[];
  readonly mentions: readonly Mention[];
  readonly poll: Poll | null;
  readonly reactionCounts: ReactionCounts;
  readonly likesCount: number;
  readonly commentsCount: number;
  /** Sequence of the newest comment; 0 before the first. */
  readonly commentSequence: number;
  /** How often a reaction to it changed. */
  readonly reactionSequence: number;
  readonly isDeleted: boolean;
  readonly version: number;
  readonly createdAt: Date;
  readonly editedAt: Date | null;
}

/** A post that the viewer may see, and what they are to its author. */
export interface PostView {
  readonly post: Post;
  readonly standing: Standing;
}
