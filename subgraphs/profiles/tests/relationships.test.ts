import { randomUUID } from 'node:crypto';
import { relationshipId } from '@postbook/events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BLOCK,
  BLOCKED,
  FOLLOW,
  REMOVE_FRIEND,
  REQUESTS,
  SEARCH,
  SEND,
  UNBLOCK,
  UNFOLLOW,
  USER,
} from './operations.ts';
import { type ProfilesFixture, startProfiles, type TestPerson } from './profiles-fixture.ts';

let profiles: ProfilesFixture;
beforeAll(async () => {
  profiles = await startProfiles();
});
afterAll(() => profiles.stop());

const NONE = { isFriend: false, isFollowing: false, isFollowedBy: false, isBlocked: false, pendingRequest: null };
const two = async () => (await profiles.people(2)) as [TestPerson, TestPerson];
const at = (person: TestPerson) => ({ input: { userId: person.id } });
const countsOf = async (person: TestPerson) =>
  Object.values((await person.run(USER, { username: person.username })).profile.statistics);
const relationshipOf = async (viewer: TestPerson, person: TestPerson) =>
  (await viewer.run(USER, { username: person.username }))?.relationship;

describe('following', () => {
  it('shows on both sides, counts once, and is told once however often it is repeated', async () => {
    const [ada, eve] = await two();
    const { user, errors } = await ada.run(FOLLOW, at(eve));
    expect(errors).toEqual([]);
    expect(user).toMatchObject({
      relationship: { ...NONE, isFollowing: true },
      profile: { statistics: { followersCount: 1 } },
    });
    expect((await ada.run(FOLLOW, at(eve))).errors).toEqual([]);
    expect(await relationshipOf(eve, ada)).toEqual({ ...NONE, isFollowedBy: true });
    expect([await countsOf(ada), await countsOf(eve)]).toEqual([
      [0, 0, 1],
      [0, 1, 0],
    ]);
    await ada.run(UNFOLLOW, at(eve));
    const aggregateId = relationshipId('Follow', ada.id, eve.id);
    await profiles.heardEvent('Unfollowed', (event) => event.aggregateId === aggregateId);
    const told = profiles.heard.filter((event) => event.aggregateId === aggregateId);
    expect(told.map(({ type }) => type)).toEqual(['Followed', 'Unfollowed']);
  });

  it('ends with unfollowing, which may be repeated', async () => {
    const [ada, eve] = await two();
    await ada.run(FOLLOW, at(eve));
    for (const _ of [1, 2]) {
      const { user, errors } = await ada.run(UNFOLLOW, at(eve));
      expect([user.relationship, errors]).toEqual([NONE, []]);
    }
    expect([await countsOf(ada), await countsOf(eve)]).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  it('gives every event of an edge a higher version, removal and new beginning included', async () => {
    const [ada, eve] = await two();
    for (const operation of [FOLLOW, UNFOLLOW, FOLLOW]) await ada.run(operation, at(eve));
    const aggregateId = relationshipId('Follow', ada.id, eve.id);
    await profiles.heardEvent('Followed', (event) => event.aggregateId === aggregateId && event.version >= 3);
    const versions = profiles.heard.filter((event) => event.aggregateId === aggregateId).map(({ version }) => version);
    expect(versions).toEqual([1, 2, 3]);
  });

  it('of a page that only friends see is possible and shows nothing of it', async () => {
    const [ada, eve] = await two();
    await profiles.setPrivacy(eve, { profileVisibility: 'FRIENDS' });
    const { user, errors } = await ada.run(FOLLOW, at(eve));
    expect(errors).toEqual([]);
    expect(user).toMatchObject({ profile: null, relationship: { isFollowing: true } });
  });
});

describe.each([
  ['follow', FOLLOW],
  ['unfollow', UNFOLLOW],
  ['removeFriend', REMOVE_FRIEND],
  ['block', BLOCK],
  ['unblock', UNBLOCK],
  ['sendFriendRequest', SEND],
])('%s', (_name, operation) => {
  it('of oneself is refused', async () => {
    const ada = await profiles.person();
    expect((await ada.run(operation, at(ada))).errors).toEqual([{ code: 'SELF', path: ['input', 'userId'] }]);
  });

  it.each(['no id at all', randomUUID()])('of somebody who does not exist (%s) is refused', async (userId) => {
    const ada = await profiles.person();
    const { errors } = await ada.run(operation, { input: { userId } });
    expect(errors).toEqual([{ code: 'NOT_FOUND', path: ['input', 'userId'] }]);
  });
});

describe('ending a friendship', () => {
  it('ends following both ways, counts, and is told', async () => {
    const [ada, eve] = await two();
    await profiles.befriend(ada, eve);
    const { user, errors } = await ada.run(REMOVE_FRIEND, at(eve));
    expect([user.relationship, errors]).toEqual([NONE, []]);
    expect(await relationshipOf(eve, ada)).toEqual(NONE);
    expect(await countsOf(ada)).toEqual([0, 0, 0]);
    expect(await countsOf(eve)).toEqual([0, 0, 0]);
    const aggregateId = relationshipId('Friend', ada.id, eve.id);
    const event = await profiles.heardEvent('FriendRemoved', (heard) => heard.aggregateId === aggregateId);
    expect(event.payload).toEqual({ userIds: [ada.id, eve.id].sort(), removedById: ada.id });
    const unfollowed = (a: TestPerson, b: TestPerson) =>
      profiles.heardEvent('Unfollowed', (heard) => heard.aggregateId === relationshipId('Follow', a.id, b.id));
    expect([(await unfollowed(ada, eve)).version, (await unfollowed(eve, ada)).version]).toEqual([
      event.version,
      event.version,
    ]);
  });

  it('that is none is a success without an effect, and leaves a follow alone', async () => {
    const [ada, eve] = await two();
    await ada.run(FOLLOW, at(eve));
    expect((await ada.run(REMOVE_FRIEND, at(eve))).errors).toEqual([]);
    expect(await relationshipOf(ada, eve)).toEqual({ ...NONE, isFollowing: true });
  });
});

describe('a block', () => {
  it('ends friendship, follows and requests, and is told', async () => {
    const [ada, eve] = await two();
    await profiles.befriend(ada, eve);
    const { user, errors } = await ada.run(BLOCK, at(eve));
    expect([user.relationship, errors]).toEqual([{ ...NONE, isBlocked: true }, []]);
    expect([await countsOf(ada), await countsOf(eve)]).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    const aggregateId = relationshipId('Block', ada.id, eve.id);
    const event = await profiles.heardEvent('Blocked', (heard) => heard.aggregateId === aggregateId);
    expect(event.payload).toEqual({ blockerId: ada.id, blockedId: eve.id });
    await profiles.heardEvent('FriendRemoved', ({ version, payload }) => {
      return version === event.version && payload.userIds.includes(ada.id);
    });
  });

  it('takes back the request that waits, whoever sent it', async () => {
    for (const senderBlocks of [true, false]) {
      const [sender, receiver] = await two();
      const { request } = await sender.run(SEND, at(receiver));
      await (senderBlocks ? sender.run(BLOCK, at(receiver)) : receiver.run(BLOCK, at(sender)));
      const cancelled = await profiles.heardEvent(
        'FriendRequestCancelled',
        ({ aggregateId }) => aggregateId === request.id,
      );
      expect(cancelled.payload.expired).toBe(false);
      expect((await receiver.run(REQUESTS, { direction: 'INCOMING' })).nodes).toEqual([]);
      expect((await sender.run(REQUESTS, { direction: 'OUTGOING' })).nodes).toEqual([]);
    }
  });

  it('hides each from the other by name, in search and in the lists of others', async () => {
    const [ada, eve] = await two();
    const carl = await profiles.person();
    await ada.run(FOLLOW, at(carl));
    await eve.run(FOLLOW, at(carl));
    await ada.run(BLOCK, at(eve));
    for (const [viewer, other] of [
      [ada, eve],
      [eve, ada],
    ] as const) {
      expect(await viewer.run(USER, { username: other.username })).toBeNull();
      expect((await viewer.run(SEARCH, { query: other.username })).nodes).toEqual([]);
      const { followers } = await viewer.run(USER, { username: carl.username });
      expect(followers.nodes).toEqual([{ id: viewer.id }]);
    }
    expect((await carl.run(USER, { username: carl.username })).followers.nodes).toHaveLength(2);
  });

  it('makes the blocked one answer as somebody who does not exist, and the blocker as blocked', async () => {
    const [ada, eve] = await two();
    await ada.run(BLOCK, at(eve));
    for (const operation of [FOLLOW, SEND, UNFOLLOW, REMOVE_FRIEND]) {
      expect((await eve.run(operation, at(ada))).errors).toEqual([{ code: 'NOT_FOUND', path: ['input', 'userId'] }]);
    }
    for (const operation of [FOLLOW, SEND]) {
      expect((await ada.run(operation, at(eve))).errors).toEqual([{ code: 'NOT_ALLOWED', path: ['input', 'userId'] }]);
    }
  });

  it('can be answered with a block, and is never told to the blocked one', async () => {
    const [ada, eve] = await two();
    await ada.run(BLOCK, at(eve));
    const [entity] = (await profiles.entities([ada.id], eve.client)) as unknown as { relationship: unknown }[];
    expect(entity?.relationship).toEqual({ isFriend: false, isBlocked: false });
    expect((await eve.run(BLOCK, at(ada))).errors).toEqual([]);
    await ada.run(UNBLOCK, at(eve));
    expect(await ada.run(USER, { username: eve.username })).toBeNull();
    await eve.run(UNBLOCK, at(ada));
    expect(await relationshipOf(ada, eve)).toEqual(NONE);
  });

  it('is lifted without bringing anything back, may be repeated, and is told once', async () => {
    const [ada, eve] = await two();
    await profiles.befriend(ada, eve);
    for (const operation of [BLOCK, BLOCK, UNBLOCK, UNBLOCK]) {
      expect((await ada.run(operation, at(eve))).errors).toEqual([]);
    }
    expect(await relationshipOf(eve, ada)).toEqual(NONE);
    const aggregateId = relationshipId('Block', ada.id, eve.id);
    await profiles.heardEvent('Unblocked', (heard) => heard.aggregateId === aggregateId);
    const told = profiles.heard.filter((heard) => heard.aggregateId === aggregateId).map(({ type }) => type);
    expect(told).toEqual(['Blocked', 'Unblocked']);
  });

  it('is listed for the one who made it, newest first, and for nobody else', async () => {
    const [ada, eve, carl] = (await profiles.people(3)) as [TestPerson, TestPerson, TestPerson];
    await ada.run(BLOCK, at(eve));
    await ada.run(BLOCK, at(carl));
    expect((await ada.run(BLOCKED)).nodes).toMatchObject([{ id: carl.id }, { id: eve.id }]);
    expect((await eve.run(BLOCKED)).nodes).toEqual([]);
  });
});
