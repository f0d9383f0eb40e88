import type { PrivacySettings } from '@postbook/db/profiles';
import type { Person, Place } from './person.ts';
import { maySeeConnections, maySeeDetail, maySeePrivacy, maySeeProfile, type Relation } from './profile-policy.ts';

/** Counts, null where the viewer may not see what is counted. */
export interface VisibleStatistics {
  readonly friendsCount: number | null;
  readonly followersCount: number | null;
  readonly followingCount: number | null;
}

/** A page as one viewer sees it: what they may not see is null. */
export interface VisibleProfile {
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly bio: string | null;
  readonly tagline: string | null;
  /** YYYY-MM-DD. */
  readonly dateOfBirth: string | null;
  readonly location: Place | null;
  readonly website: string | null;
  readonly coverImageUrl: string | null;
  readonly coverMediaId: string | null;
  readonly statistics: VisibleStatistics;
  readonly privacy: Readonly<PrivacySettings> | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const NO_STATISTICS: VisibleStatistics = { friendsCount: null, followersCount: null, followingCount: null };

/** A count that drifted below zero is shown as none until the nightly job mends it. */
const count = (stored: number): number => Math.max(0, stored);

const countsOf = ({ statistics }: Person): VisibleStatistics => ({
  friendsCount: count(statistics.friendsCount),
  followersCount: count(statistics.followersCount),
  followingCount: count(statistics.followingCount),
});

/** Cuts a person's page down to what somebody in this relation may see; null when that is nothing. */
export function visibleProfile(person: Person, relation: Relation): VisibleProfile | null {
  const { privacy } = person;
  if (!maySeeProfile(relation, privacy) || (person.isHidden && relation !== 'self')) return null;
  const { firstName, lastName, bio, tagline, website, coverImageUrl, coverMediaId, createdAt, updatedAt } = person;
  return {
    firstName,
    lastName,
    bio,
    tagline,
    website,
    coverImageUrl,
    coverMediaId,
    createdAt,
    updatedAt,
    dateOfBirth: maySeeDetail('dateOfBirth', relation, privacy)
      ? (person.dateOfBirth?.toISOString().slice(0, 10) ?? null)
      : null,
    location: maySeeDetail('location', relation, privacy) ? person.location : null,
    statistics: maySeeConnections(relation, privacy) ? countsOf(person) : NO_STATISTICS,
    privacy: maySeePrivacy(relation) ? privacy : null,
  };
}
