import { uuidv7 } from '@postbook/events';
import { eventually } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { USER } from './operations.ts';
import { type ProfilesFixture, startProfiles } from './profiles-fixture.ts';

let profiles: ProfilesFixture;
beforeAll(async () => {
  profiles = await startProfiles();
});
afterAll(() => profiles.stop());

describe('a registered account', () => {
  it('gets a profile with the name of its owner and the default privacy', async () => {
    const ada = await profiles.person({ firstName: 'Ada', lastName: 'Lovelace' });
    const me = await ada.run(USER, { username: ada.username });
    expect(me).toMatchObject({
      id: ada.id,
      displayName: 'Ada Lovelace',
      avatarUrl: null,
      relationship: null,
      profile: {
        firstName: 'Ada',
        lastName: 'Lovelace',
        bio: null,
        statistics: { friendsCount: 0, followersCount: 0, followingCount: 0 },
        privacy: { profileVisibility: 'PUBLIC', showLocation: false },
      },
      friends: { nodes: [] },
    });
  });

  it('is told to other services with its first version', async () => {
    const ada = await profiles.person({ username: 'Ada_Told' });
    const event = await profiles.heardEvent('UserProfileUpdated', ({ aggregateId }) => aggregateId === ada.id);
    expect(event).toMatchObject({
      version: 1,
      payload: { userId: ada.id, username: 'Ada_Told', displayName: 'Ada Lovelace', avatarUrl: null },
    });
  });

  it('gets one profile however often the event comes', async () => {
    const ada = await profiles.person();
    const payload = { userId: ada.id, username: ada.username, email: 'a@b.cd', firstName: 'Eve', lastName: 'Else' };
    const again = await profiles.publish('UserCreated', 1, payload);
    await profiles.bus.publish([again]);
    const last = await profiles.person();
    expect(await profiles.db.collection('user_profiles').countDocuments({ userId: ada.id })).toBe(1);
    expect(await profiles.entities([ada.id, last.id])).toMatchObject([
      { displayName: 'Ada Lovelace' },
      { id: last.id },
    ]);
    const told = profiles.heard.filter(
      ({ aggregateId, type }) => aggregateId === ada.id && type === 'UserProfileUpdated',
    );
    expect(told).toHaveLength(1);
  });
});

describe('events about an account', () => {
  const byName = (username: string) => profiles.anonymous(USER, { username });

  it('rename it, but never back when an older one comes late', async () => {
    const ada = await profiles.person();
    await profiles.publish('UsernameChanged', 3, { userId: ada.id, username: 'Newest_Name' });
    await eventually(() => byName('newest_name'));
    await profiles.publish('UsernameChanged', 2, { userId: ada.id, username: 'older_name' });
    await profiles.publish('UserDeactivated', 4, { userId: ada.id });
    await eventually(async () => (await byName('newest_name')) === null);
    expect(await byName('older_name')).toBeNull();
  });

  it('let two people swap their names', async () => {
    const [a, b] = [await profiles.person({ username: 'swap_one' }), await profiles.person({ username: 'swap_two' })];
    await profiles.publish('UsernameChanged', 2, { userId: a.id, username: 'swap_two' });
    await profiles.publish('UsernameChanged', 2, { userId: b.id, username: 'swap_one' });
    await eventually(async () => (await byName('swap_one'))?.id === b.id && (await byName('swap_two'))?.id === a.id);
  });

  it('hide a deactivated person and bring a restored one back', async () => {
    const ada = await profiles.person();
    await profiles.publish('UserDeactivated', 2, { userId: ada.id });
    await eventually(async () => (await byName(ada.username)) === null);
    expect(await profiles.entities([ada.id])).toMatchObject([{ displayName: 'Ada Lovelace', profile: null }]);
    await profiles.publish('UserRestored', 3, { userId: ada.id });
    await eventually(async () => (await byName(ada.username))?.id === ada.id);
  });

  it('hide a suspended person until the suspension ends', async () => {
    const ada = await profiles.person();
    await profiles.publish('UserStatusChanged', 2, { userId: ada.id, status: 'Suspended', until: null });
    await eventually(async () => (await byName(ada.username)) === null);
    await profiles.publish('UserStatusChanged', 3, { userId: ada.id, status: 'Active' });
    await eventually(async () => (await byName(ada.username))?.id === ada.id);
  });

  it('erase a purged person, with a receipt and a name that says nothing', async () => {
    const [ada, eve] = [await profiles.person(), await profiles.person()];
    await profiles.befriend(ada, eve);
    await profiles.follow(await profiles.person(), ada);
    await profiles.publish('UserPurged', 9, { userId: ada.id });
    const receipt = await profiles.heardEvent('UserDataErased', ({ aggregateId }) => aggregateId === ada.id);
    expect(receipt.payload).toMatchObject({ service: 'profiles', userId: ada.id });
    expect(await profiles.entities([ada.id])).toMatchObject([{ displayName: 'Deleted user', profile: null }]);
    const left = await profiles.db.collection('user_profiles').findOne({ userId: ada.id });
    expect(JSON.stringify(left)).not.toMatch(/Lovelace|Ada/);
    expect(left?.username).not.toBe(ada.username);
    const edges = profiles.db.collection('relationships');
    expect(await edges.countDocuments({ $or: [{ from: ada.id }, { to: ada.id }] })).toBe(0);
    expect(await profiles.db.collection('friend_requests').countDocuments({ senderId: ada.id })).toBe(0);
    expect((await eve.run(USER, { username: eve.username })).profile.statistics).toEqual({
      friendsCount: 0,
      followersCount: 0,
      followingCount: 0,
    });
    await profiles.heardEvent(
      'UserProfileUpdated',
      ({ aggregateId, payload }) => aggregateId === ada.id && payload.displayName === 'Deleted user',
    );
  });
});

describe('somebody without a profile', () => {
  it('is null in a batch and takes nobody else along', async () => {
    const ada = await profiles.person();
    const found = await profiles.entities([uuidv7(), ada.id, 'no id at all', ada.id]);
    expect(found.map((user: { id: string } | null) => user?.id ?? null)).toEqual([null, ada.id, null, ada.id]);
  });
});
