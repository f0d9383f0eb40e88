import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UPDATE, UPDATE_PRIVACY, USER } from './operations.ts';
import { type ProfilesFixture, startProfiles } from './profiles-fixture.ts';

let profiles: ProfilesFixture;
beforeAll(async () => {
  profiles = await startProfiles();
});
afterAll(() => profiles.stop());

const FULL = {
  displayName: 'Countess Ada',
  firstName: 'Augusta Ada',
  lastName: 'King',
  bio: 'Notes on the Analytical Engine.',
  tagline: 'Poetical science',
  dateOfBirth: '1915-12-10',
  location: { city: 'London', state: null, country: 'England' },
  website: 'https://ada.example/notes',
};

describe('updateProfile', () => {
  it('changes what is given and shows it', async () => {
    const ada = await profiles.person();
    const { user, errors } = await ada.run(UPDATE, { input: FULL });
    expect(errors).toEqual([]);
    const { displayName, ...page } = FULL;
    expect(user).toMatchObject({ displayName, profile: page });
    const again = await ada.run(UPDATE, { input: { tagline: null, location: null } });
    expect(again.user.profile).toMatchObject({ tagline: null, location: null, bio: FULL.bio });
  });

  it('tells other services of the name, with a version that grows', async () => {
    const ada = await profiles.person();
    await ada.run(UPDATE, { input: { displayName: 'First' } });
    await ada.run(UPDATE, { input: { bio: 'nobody else keeps it' } });
    await ada.run(UPDATE, { input: { displayName: 'Second' } });
    const second = await profiles.heardEvent('UserProfileUpdated', ({ payload }) => payload.displayName === 'Second');
    const mine = profiles.heard.filter(({ aggregateId }) => aggregateId === ada.id);
    expect(mine.map(({ version, payload }) => [version, (payload as { displayName: string }).displayName])).toEqual([
      [1, 'Ada Lovelace'],
      [2, 'First'],
      [4, 'Second'],
    ]);
    expect(second.payload).toMatchObject({ userId: ada.id, username: ada.username, avatarUrl: null });
  });

  it('changes nothing when anything is wrong, and says where', async () => {
    const ada = await profiles.person();
    const { user, errors } = await ada.run(UPDATE, {
      input: { bio: 'new', website: 'http://a.example', location: { city: 'x'.repeat(101) }, displayName: ' ' },
    });
    expect(user).toBeNull();
    expect(errors).toEqual([
      { code: 'REQUIRED', path: ['input', 'displayName'] },
      { code: 'TOO_LONG', path: ['input', 'location', 'city'] },
      { code: 'INVALID_FORMAT', path: ['input', 'website'] },
    ]);
    expect((await ada.run(USER, { username: ada.username })).profile.bio).toBeNull();
  });

  it('with nothing to change is a success without an effect', async () => {
    const ada = await profiles.person();
    const { user, errors } = await ada.run(UPDATE, { input: {} });
    expect([user.id, errors]).toEqual([ada.id, []]);
    expect(await profiles.db.collection('user_profiles').findOne({ userId: ada.id })).toMatchObject({ version: 1 });
  });

  it('leaves a trace that names the fields and not what they held', async () => {
    const ada = await profiles.person();
    await ada.run(UPDATE, { input: { bio: 'a secret of mine', tagline: 'x' } });
    const trace = await profiles.db.collection('user_activities').findOne({ userId: ada.id });
    expect(trace).toMatchObject({
      activityType: 'ProfileUpdated',
      metadata: { fields: ['bio', 'tagline'] },
      isPublic: false,
    });
    expect(JSON.stringify(trace)).not.toContain('secret');
  });

  it('loses none of many changes at once', async () => {
    const ada = await profiles.person();
    const names = Array.from({ length: 8 }, (_, n) => `Name ${n}`);
    await Promise.all(names.map((displayName) => ada.run(UPDATE, { input: { displayName } })));
    expect(await profiles.db.collection('user_profiles').findOne({ userId: ada.id })).toMatchObject({ version: 9 });
    await profiles.heardEvent(
      'UserProfileUpdated',
      ({ aggregateId, version }) => aggregateId === ada.id && version === 9,
    );
  });
});

describe('updatePrivacySettings', () => {
  it('changes the settings that are given and tells other services all that they enforce', async () => {
    const ada = await profiles.person();
    const input = {
      profileVisibility: 'FRIENDS',
      allowMessages: 'NONE',
      showDateOfBirth: true,
      showOnlineStatus: false,
    };
    const { privacy, errors } = await ada.run(UPDATE_PRIVACY, { input });
    expect(errors).toEqual([]);
    expect(privacy).toMatchObject({ ...input, allowTagging: 'FRIENDS', showConnections: true, showEmail: false });
    const event = await profiles.heardEvent('PrivacyChanged', ({ aggregateId }) => aggregateId === ada.id);
    expect(event).toMatchObject({
      version: 2,
      payload: {
        userId: ada.id,
        profileVisibility: 'Friends',
        allowMessages: 'None',
        allowTagging: 'Friends',
        allowMentions: 'Friends',
        showOnlineStatus: false,
        showLastSeen: true,
      },
    });
  });

  it('refuses to empty a setting', async () => {
    const ada = await profiles.person();
    const { privacy, errors } = await ada.run(UPDATE_PRIVACY, { input: { showEmail: null, allowMessages: null } });
    expect(privacy).toBeNull();
    expect(errors).toEqual([
      { code: 'REQUIRED', path: ['input', 'showEmail'] },
      { code: 'REQUIRED', path: ['input', 'allowMessages'] },
    ]);
  });
});
