import type { AccountStatus, Audience, RelationKind } from '@postbook/db/people';

export type { AccountStatus, Audience, RelationKind };

/** What is known of a person so far: an absent part was never told, a null avatar is no avatar. */
export interface PartialCard {
  readonly userId: string;
  readonly username?: string | undefined;
  readonly displayName?: string | undefined;
  readonly avatarUrl?: string | null | undefined;
  readonly status?: AccountStatus | undefined;
}

/** What a person allows others, of what services besides profiles enforce. */
export interface EnforcedSettings {
  readonly profileVisibility: 'Public' | 'Friends' | 'Private';
  readonly allowMessages: Audience;
  readonly allowTagging: Audience;
  readonly allowMentions: Audience;
  readonly showOnlineStatus: boolean;
  readonly showLastSeen: boolean;
}

/** What holds for people who never changed a setting (decisions, Profiles 6). */
export const DEFAULT_SETTINGS: EnforcedSettings = {
  profileVisibility: 'Public',
  allowMessages: 'Everyone',
  allowTagging: 'Friends',
  allowMentions: 'Friends',
  showOnlineStatus: true,
  showLastSeen: true,
};

/** How a viewer stands to another person. */
export interface Relation {
  readonly isFriend: boolean;
  /** Whether the viewer follows the other; false in services that keep no follows. */
  readonly isFollowing: boolean;
  /** A block in either direction. */
  readonly isBlocked: boolean;
  /** The other person's. */
  readonly settings: EnforcedSettings;
}

/** Between two who have nothing to do with each other. */
export const STRANGERS: Relation = {
  isFriend: false,
  isFollowing: false,
  isBlocked: false,
  settings: DEFAULT_SETTINGS,
};

/** What is shown of an erased account. */
export const ERASED_CARD = { username: 'deleted', displayName: 'Deleted user', avatarUrl: null } as const;

/** Whether an account is hidden everywhere: as far as anybody may know, there is no such person. */
export const isHidden = (status: AccountStatus | undefined): boolean => status === 'Inactive' || status === 'Deleted';

/** Whether an account takes part at all. One whose status was never told is taken for active. */
export const isReachable = (status: AccountStatus | undefined): boolean => status === undefined || status === 'Active';

/** Whether a setting lets the viewer do it. */
export function isAllowed(audience: Audience, isFriend: boolean): boolean {
  switch (audience) {
    case 'Everyone':
      return true;
    case 'Friends':
      return isFriend;
    case 'None':
      return false;
    default:
      return audience satisfies never;
  }
}
