import type { PrivacySettings } from '@postbook/db/profiles';
import type { RelationFacts } from '../relationship/relation-facts.ts';

/** What a viewer is to a person. `blocked`: the person blocked the viewer; `blocker`: the viewer blocked the person. */
export type Relation = 'self' | 'friend' | 'follower' | 'stranger' | 'blocked' | 'blocker' | 'anonymous';

/** Details that have a switch of their own within a profile that is seen. */
export type Detail =
  | 'email'
  | 'phoneNumber'
  | 'dateOfBirth'
  | 'location'
  | 'onlineStatus'
  | 'lastSeen'
  | 'education'
  | 'experience'
  | 'connections';

const SWITCH_OF = {
  email: 'showEmail',
  phoneNumber: 'showPhoneNumber',
  dateOfBirth: 'showDateOfBirth',
  location: 'showLocation',
  onlineStatus: 'showOnlineStatus',
  lastSeen: 'showLastSeen',
  education: 'showEducation',
  experience: 'showExperience',
  connections: 'showConnections',
} as const satisfies Record<Detail, keyof PrivacySettings>;

/** What the viewer is to the person. A block outweighs everything; of two, the one against the viewer. */
export function relationTo(viewerId: string | undefined, personId: string, facts: RelationFacts): Relation {
  if (viewerId === undefined) return 'anonymous';
  if (viewerId === personId) return 'self';
  if (facts.isBlockedBy) return 'blocked';
  if (facts.isBlocked) return 'blocker';
  if (facts.isFriend) return 'friend';
  return facts.isFollowing ? 'follower' : 'stranger';
}

/** Whether the viewer comes across the person at all: by username, in lists, in search. */
export function mayFind(relation: Relation): boolean {
  switch (relation) {
    case 'self':
    case 'friend':
    case 'follower':
    case 'stranger':
    case 'anonymous':
      return true;
    case 'blocked':
    case 'blocker':
      return false;
    default:
      return relation satisfies never;
  }
}

/** Whether the viewer sees the person's page, and with it finds the person in search. */
export function maySeeProfile(relation: Relation, privacy: PrivacySettings): boolean {
  if (relation === 'self') return true;
  if (!mayFind(relation)) return false;
  switch (privacy.profileVisibility) {
    case 'Public':
      return true;
    case 'Friends':
      return relation === 'friend';
    case 'Private':
      return false;
    default:
      return privacy.profileVisibility satisfies never;
  }
}

/** Whether the viewer sees a detail of the page. */
export const maySeeDetail = (detail: Detail, relation: Relation, privacy: PrivacySettings): boolean =>
  relation === 'self' || (maySeeProfile(relation, privacy) && privacy[SWITCH_OF[detail]]);

/** Whether the viewer sees who the person's friends and followers are and whom they follow, and how many these are. */
export const maySeeConnections = (relation: Relation, privacy: PrivacySettings): boolean =>
  maySeeDetail('connections', relation, privacy);

/** Whether the viewer sees the settings themselves. */
export const maySeePrivacy = (relation: Relation): boolean => relation === 'self';

/** Whether the viewer may follow the person. A page that is hidden may be followed: following shows nothing of it. */
export const mayFollow = (relation: Relation): boolean =>
  relation === 'friend' || relation === 'follower' || relation === 'stranger';

/** Whether the viewer may ask the person to be friends. */
export const mayAskToBeFriends = (relation: Relation, privacy: PrivacySettings): boolean =>
  (relation === 'follower' || relation === 'stranger') && privacy.allowFriendRequests;
