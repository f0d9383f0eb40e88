import { count, object } from '../mongo/schema-parts.ts';

/** Kinds of reactions (specification, 1379). */
export const REACTION_TYPES = ['Like', 'Love', 'Haha', 'Wow', 'Sad', 'Angry'] as const;
export type ReactionType = (typeof REACTION_TYPES)[number];

/** How many reacted in which way; kinds that nobody used may be absent. */
export type ReactionCounts = Partial<Record<ReactionType, number>>;

export const reactionCounts = object(Object.fromEntries(REACTION_TYPES.map((kind) => [kind, count])));
