import type {
  PostKind as PostKindWord,
  PostVisibility,
  ReactionKind,
  ReactionTarget as ReactionTargetWord,
} from '../generated/resolver-types.ts';
import type { ReactionEntityType, ReactionType } from '../reaction/reaction.ts';
import type { PostType, ReactionCounts, Visibility } from './post.ts';

/** Our words and the graph's. */
export const VISIBILITY_WORDS = {
  Public: 'PUBLIC',
  Friends: 'FRIENDS',
  Private: 'PRIVATE',
  Custom: 'CUSTOM',
} as const satisfies Record<Visibility, PostVisibility>;

export const VISIBILITIES = {
  PUBLIC: 'Public',
  FRIENDS: 'Friends',
  PRIVATE: 'Private',
  CUSTOM: 'Custom',
} as const satisfies Record<PostVisibility, Visibility>;

export const KIND_WORDS = {
  Text: 'TEXT',
  Photo: 'PHOTO',
  Video: 'VIDEO',
  Link: 'LINK',
  Poll: 'POLL',
  Event: 'EVENT',
  Share: 'SHARE',
} as const satisfies Record<PostType, PostKindWord>;

export const REACTION_WORDS = {
  Like: 'LIKE',
  Love: 'LOVE',
  Haha: 'HAHA',
  Wow: 'WOW',
  Sad: 'SAD',
  Angry: 'ANGRY',
} as const satisfies Record<ReactionType, ReactionKind>;

export const REACTIONS = {
  LIKE: 'Like',
  LOVE: 'Love',
  HAHA: 'Haha',
  WOW: 'Wow',
  SAD: 'Sad',
  ANGRY: 'Angry',
} as const satisfies Record<ReactionKind, ReactionType>;

export const TARGETS = {
  POST: 'Post',
  COMMENT: 'Comment',
} as const satisfies Record<ReactionTargetWord, ReactionEntityType>;

/** Counters as the graph has them: kinds that nobody used are 0. */
export const reactionCountsOf = (entity: { readonly reactionCounts: ReactionCounts; readonly likesCount: number }) => ({
  like: entity.reactionCounts.Like ?? 0,
  love: entity.reactionCounts.Love ?? 0,
  haha: entity.reactionCounts.Haha ?? 0,
  wow: entity.reactionCounts.Wow ?? 0,
  sad: entity.reactionCounts.Sad ?? 0,
  angry: entity.reactionCounts.Angry ?? 0,
  total: entity.likesCount,
});
