import type { PrivacySettings, ProfileStatistics } from '@postbook/db/profiles';

/** Where a person says they live. */
export interface Place {
  readonly city: string | null;
  readonly state: string | null;
  readonly country: string | null;
}

/** All that profiles knows about a person. What of it somebody may see is decided by the policy. */
export interface Person {
  readonly userId: string;
  readonly username: string;
  readonly displayName: string;
  readonly avatarUrl: string | null;
  readonly coverImageUrl: string | null;
  /** The files in media that the two lead to. */
  readonly avatarMediaId: string | null;
  readonly coverMediaId: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly bio: string | null;
  readonly tagline: string | null;
  readonly dateOfBirth: Date | null;
  readonly location: Place | null;
  readonly website: string | null;
  readonly privacy: Readonly<PrivacySettings>;
  readonly statistics: Readonly<ProfileStatistics>;
  /** Deactivated, suspended or erased: others find neither the person nor the profile. */
  readonly isHidden: boolean;
  /** Version of the aggregate `Profile`. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Name on what an erased person left behind. */
export const ERASED_NAME = 'Deleted user';

/** Longest display name, in characters as people count them. */
export const MAX_DISPLAY_NAME = 100;

/** The display name of a new profile: given and family name. */
export function initialDisplayName(names: { firstName: string; lastName: string; username: string }): string {
  const full = `${names.firstName} ${names.lastName}`.trim().replaceAll(/\s+/g, ' ');
  return [...(full === '' ? names.username : full)].slice(0, MAX_DISPLAY_NAME).join('').trim();
}

/** The settings of a new profile (decisions, Profiles 6). */
export const initialPrivacy = (): PrivacySettings => ({
  profileVisibility: 'Public',
  showEmail: false,
  showPhoneNumber: false,
  showDateOfBirth: false,
  showLocation: false,
  showOnlineStatus: true,
  showLastSeen: true,
  allowFriendRequests: true,
  allowMessages: 'Everyone',
  showEducation: true,
  showExperience: true,
  showConnections: true,
  allowTagging: 'Friends',
  allowMentions: 'Friends',
});

/** The counts of a new profile. */
export const initialStatistics = (): ProfileStatistics => ({
  friendsCount: 0,
  followersCount: 0,
  followingCount: 0,
  postsCount: 0,
  photosCount: 0,
  videosCount: 0,
  profileViewsCount: 0,
});
