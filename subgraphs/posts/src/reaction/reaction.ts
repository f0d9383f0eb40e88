import type { ReactionEntityType, ReactionType } from '@postbook/db/posts';

export type { ReactionEntityType, ReactionType };

/** What can be reacted to: a post or a comment. */
export interface ReactionTarget {
  readonly type: ReactionEntityType;
  readonly id: string;
}

/** Somebody's reaction. */
export interface Reaction {
  readonly id: string;
  readonly target: ReactionTarget;
  readonly userId: string;
  readonly kind: ReactionType;
  readonly createdAt: Date;
}

/** One target as text, for maps. */
export const targetKey = ({ type, id }: ReactionTarget): string => `${type}:${id}`;
