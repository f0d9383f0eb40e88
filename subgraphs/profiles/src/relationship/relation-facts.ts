/** What is between a viewer and another person, as far as profiles knows. */
export interface RelationFacts {
  readonly isFriend: boolean;
  /** The viewer follows the person. */
  readonly isFollowing: boolean;
  /** The person follows the viewer. */
  readonly isFollowedBy: boolean;
  /** The viewer blocked the person. */
  readonly isBlocked: boolean;
  /** The person blocked the viewer. Never shown: decisions only. */
  readonly isBlockedBy: boolean;
}

/** What is between people who never met. */
export const NO_RELATION: RelationFacts = {
  isFriend: false,
  isFollowing: false,
  isFollowedBy: false,
  isBlocked: false,
  isBlockedBy: false,
};

/** The id of two people in whichever order: their ids sorted and joined by a colon. */
export const pairKeyOf = (a: string, b: string): string => (a < b ? `${a}:${b}` : `${b}:${a}`);
