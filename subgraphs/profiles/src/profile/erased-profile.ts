import type { UserProfileDocument } from '@postbook/db/profiles';
import { ERASED_NAME, initialPrivacy, initialStatistics } from './person.ts';

/** Everything personal, to be removed from an erased person's document. */
export const ERASED_FIELDS = {
  firstName: '',
  lastName: '',
  dateOfBirth: '',
  gender: '',
  bio: '',
  tagline: '',
  avatarUrl: '',
  coverImageUrl: '',
  avatarMediaId: '',
  coverMediaId: '',
  location: '',
  website: '',
  socialLinks: '',
  education: '',
  experience: '',
  skills: '',
  certifications: '',
  languages: '',
  interests: '',
  lastSeenAt: '',
  accountSettings: '',
} as const;

/** What stays of an erased person: an id that others' content refers to, under a name that says nothing. */
export function erasedValues(userId: string, now: Date): Partial<UserProfileDocument> {
  const username = `deleted_${userId.slice(-12)}`;
  return {
    username,
    usernameLower: username,
    displayName: ERASED_NAME,
    displayNameLower: ERASED_NAME.toLowerCase(),
    privacySettings: { ...initialPrivacy(), profileVisibility: 'Private' },
    statistics: initialStatistics(),
    isVerified: false,
    isPremium: false,
    isActive: false,
    isDeleted: true,
    deletedAt: now,
    updatedAt: now,
  };
}
