import type { AccountStatus } from '@postbook/db/chats';

/** What is shown of a person. */
export interface Card {
  readonly userId: string;
  readonly username: string;
  readonly displayName: string;
  readonly avatarUrl: string | null;
  readonly status: AccountStatus;
}

/** What is known of a person so far: an absent part was never told, a null avatar is no avatar. */
export interface PartialCard {
  readonly userId: string;
  readonly username?: string | undefined;
  readonly displayName?: string | undefined;
  readonly avatarUrl?: string | null | undefined;
  readonly status?: AccountStatus | undefined;
}

/** What stands between two people, and whom the other lets write to them. */
export interface Relation {
  readonly isFriend: boolean;
  /** A block in either direction. */
  readonly isBlocked: boolean;
  /** The other person's setting. */
  readonly allowMessages: 'Everyone' | 'Friends' | 'None';
}

/** What is shown of an erased account. */
export const ERASED_CARD = { username: 'deleted', displayName: 'Deleted user', avatarUrl: null } as const;
