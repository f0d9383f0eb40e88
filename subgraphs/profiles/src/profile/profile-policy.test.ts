import type { PrivacySettings, ProfileVisibility } from '@postbook/db/profiles';
import { describe, expect, it } from 'vitest';
import { NO_RELATION, type RelationFacts } from '../relationship/relation-facts.ts';
import { initialPrivacy } from './person.ts';
import {
  type Detail,
  mayAskToBeFriends,
  mayFind,
  mayFollow,
  maySeeConnections,
  maySeeDetail,
  maySeePrivacy,
  maySeeProfile,
  type Relation,
  relationTo,
} from './profile-policy.ts';

const VISIBILITIES: readonly ProfileVisibility[] = ['Public', 'Friends', 'Private'];
const SWITCHES: Readonly<Record<Detail, keyof PrivacySettings>> = {
  email: 'showEmail',
  phoneNumber: 'showPhoneNumber',
  dateOfBirth: 'showDateOfBirth',
  location: 'showLocation',
  onlineStatus: 'showOnlineStatus',
  lastSeen: 'showLastSeen',
  education: 'showEducation',
  experience: 'showExperience',
  connections: 'showConnections',
};

/** Who finds the person; who sees a Public, a Friends and a Private page; who may follow; who may ask to be friends. */
const MATRIX: ReadonlyArray<readonly [Relation, boolean, readonly [boolean, boolean, boolean], boolean, boolean]> = [
  // relation    find   Public Friends Private    follow  ask
  ['self', true, [true, true, true], false, false],
  ['friend', true, [true, true, false], true, false],
  ['follower', true, [true, false, false], true, true],
  ['stranger', true, [true, false, false], true, true],
  ['anonymous', true, [true, false, false], false, false],
  ['blocked', false, [false, false, false], false, false],
  ['blocker', false, [false, false, false], false, false],
];

const privacyWith = (changes: Partial<PrivacySettings>): PrivacySettings => ({ ...initialPrivacy(), ...changes });

describe.each(MATRIX)('a viewer who is %s', (relation, finds, sees, follows, asks) => {
  it(`${finds ? 'finds' : 'does not find'} the person`, () => expect(mayFind(relation)).toBe(finds));
  it(`${follows ? 'may' : 'may not'} follow`, () => expect(mayFollow(relation)).toBe(follows));

  it.each(VISIBILITIES)(`${asks ? 'may' : 'may not'} ask to be friends, a %s page or not`, (profileVisibility) => {
    expect(mayAskToBeFriends(relation, privacyWith({ profileVisibility }))).toBe(asks);
    expect(mayAskToBeFriends(relation, privacyWith({ profileVisibility, allowFriendRequests: false }))).toBe(false);
  });

  it(`${relation === 'self' ? 'sees' : 'does not see'} the settings`, () =>
    expect(maySeePrivacy(relation)).toBe(relation === 'self'));

  describe.each(VISIBILITIES.map((visibility, index) => [visibility, sees[index] ?? false] as const))(
    'of a %s page',
    (profileVisibility, seesPage) => {
      it(`${seesPage ? 'sees' : 'does not see'} the page`, () =>
        expect(maySeeProfile(relation, privacyWith({ profileVisibility }))).toBe(seesPage));

      it.each(Object.entries(SWITCHES) as [Detail, keyof PrivacySettings][])(
        'sees %s by its switch',
        (detail, name) => {
          const shown = privacyWith({ profileVisibility, [name]: true });
          const hidden = privacyWith({ profileVisibility, [name]: false });
          expect(maySeeDetail(detail, relation, shown)).toBe(seesPage);
          expect(maySeeDetail(detail, relation, hidden)).toBe(relation === 'self');
        },
      );

      it('sees the lists of people by their switch', () => {
        expect(maySeeConnections(relation, privacyWith({ profileVisibility }))).toBe(seesPage);
        const hidden = privacyWith({ profileVisibility, showConnections: false });
        expect(maySeeConnections(relation, hidden)).toBe(relation === 'self');
      });
    },
  );
});

describe('relationTo', () => {
  const facts = (changes: Partial<RelationFacts>): RelationFacts => ({ ...NO_RELATION, ...changes });

  it.each<[string, string | undefined, RelationFacts, Relation]>([
    ['the anonymous', undefined, facts({}), 'anonymous'],
    ['oneself', 'b', facts({}), 'self'],
    ['strangers', 'a', facts({}), 'stranger'],
    ['somebody who only follows the viewer', 'a', facts({ isFollowedBy: true }), 'stranger'],
    ['a follower', 'a', facts({ isFollowing: true }), 'follower'],
    ['friends, who follow one another', 'a', facts({ isFriend: true, isFollowing: true }), 'friend'],
    ['a block by the viewer, whatever else', 'a', facts({ isFriend: true, isBlocked: true }), 'blocker'],
    ['a block against the viewer, whatever else', 'a', facts({ isFriend: true, isBlockedBy: true }), 'blocked'],
    ['blocks both ways', 'a', facts({ isBlocked: true, isBlockedBy: true }), 'blocked'],
  ])('tells %s', (_who, viewerId, known, relation) => {
    expect(relationTo(viewerId, 'b', known)).toBe(relation);
  });
});

it('new profiles are public with private details (decisions, Profiles 6)', () => {
  expect(initialPrivacy()).toMatchObject({
    profileVisibility: 'Public',
    showEmail: false,
    showPhoneNumber: false,
    showDateOfBirth: false,
    showLocation: false,
    allowMessages: 'Everyone',
    allowTagging: 'Friends',
    allowMentions: 'Friends',
  });
});
