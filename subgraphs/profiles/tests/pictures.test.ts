import { type MediaOwner, type OwnedFile, startMediaOwner } from '@postbook/attachments/testing';
import { createEvent } from '@postbook/events';
import { eventually } from '@postbook/testkit';
import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PICTURE_GROUP } from '../src/profile/picture-consumer.ts';
import { type Answer, type ProfilesFixture, SECRET, startProfiles, type TestPerson } from './profiles-fixture.ts';

let media: MediaOwner;
let profiles: ProfilesFixture;
beforeAll(async () => {
  media = await startMediaOwner(SECRET);
  profiles = await startProfiles({ MEDIA_URL: media.url });
});
afterAll(async () => {
  await profiles.stop();
  await media.stop();
});

const USER = 'user { id avatarUrl avatar { id } profile { coverImageUrl cover { id } } } errors { code path }';
const set = (place: 'Avatar' | 'Cover') =>
  `mutation ($mediaId: ID!) { set${place}(input: { mediaId: $mediaId }) { ${USER} } }`;
const remove = (place: 'Avatar' | 'Cover') => `mutation { remove${place} { ${USER} } }`;

const urlOf = (mediaId: string) => `http://media.example/public/${mediaId}/large`;

/** A public picture of somebody, unless told otherwise. */
function file(owner: TestPerson, about: Partial<OwnedFile> = {}): string {
  const mediaId = new ObjectId().toHexString();
  media.files.set(mediaId, {
    ownerId: owner.id,
    kind: 'IMAGE',
    category: 'PROFILE',
    publicUrl: urlOf(mediaId),
    ...about,
  });
  return mediaId;
}

const shownTo = async (viewer: TestPerson, person: TestPerson): Promise<Answer> => {
  const { _entities } = await viewer.client.data<Answer>(
    `query ($of: [_Any!]!) { _entities(representations: $of) {
      ... on User { avatarUrl avatar { id } profile { coverImageUrl cover { id } } } } }`,
    { of: [{ __typename: 'User', id: person.id }] },
  );
  return _entities[0];
};

/** The last that other services were told of a person's pictures. */
const lastTold = (person: TestPerson) =>
  profiles.heard
    .filter(({ type, aggregateId }) => type === 'UserProfileUpdated' && aggregateId === person.id)
    .map(({ payload }) => payload as Answer)
    .map(({ avatarUrl, avatarMediaId, coverMediaId }) => ({ avatarUrl, avatarMediaId, coverMediaId }))
    .at(-1);
const told = (person: TestPerson, expected: Answer) =>
  eventually(() => {
    expect(lastTold(person)).toEqual(expected);
    return true;
  });

const deleted = (person: TestPerson, mediaId: string) => {
  const payload = { mediaId, ownerId: person.id };
  return createEvent({ type: 'MediaDeleted', aggregateId: mediaId, version: 9, payload });
};
const applied = async (event: ReturnType<typeof deleted>) => {
  await profiles.bus.publish([event]);
  const inbox = profiles.db.collection<{ _id: string }>('inbox');
  await eventually(() => inbox.findOne({ _id: `${PICTURE_GROUP}:${event.eventId}` }));
};

describe('a picture', () => {
  it('is shown wherever somebody is named, and told to other services', async () => {
    const [ada, bob] = (await profiles.people(2)) as [TestPerson, TestPerson];
    const mediaId = file(ada);
    const avatar = { avatarUrl: urlOf(mediaId), avatar: { id: mediaId } };
    expect(await ada.run(set('Avatar'), { mediaId })).toMatchObject({ user: { id: ada.id, ...avatar }, errors: [] });
    expect(await shownTo(bob, ada)).toEqual({ ...avatar, profile: { coverImageUrl: null, cover: null } });
    await told(ada, { avatarUrl: urlOf(mediaId), avatarMediaId: mediaId, coverMediaId: null });
  });

  it('is shown above the page, to those who see the page', async () => {
    const [ada, bob] = (await profiles.people(2)) as [TestPerson, TestPerson];
    const mediaId = file(ada);
    const profile = { coverImageUrl: urlOf(mediaId), cover: { id: mediaId } };
    expect(await ada.run(set('Cover'), { mediaId })).toMatchObject({ user: { avatarUrl: null, profile }, errors: [] });
    expect((await shownTo(bob, ada)).profile).toEqual(profile);
    await told(ada, { avatarUrl: null, avatarMediaId: null, coverMediaId: mediaId });
    await profiles.setPrivacy(ada, { profileVisibility: 'PRIVATE' });
    expect((await shownTo(bob, ada)).profile).toBeNull();
  });

  it('takes the place of the one there was, and can be removed', async () => {
    const ada = await profiles.person();
    const [first, second] = [file(ada), file(ada)];
    await ada.run(set('Avatar'), { mediaId: first });
    await ada.run(set('Cover'), { mediaId: first });
    await ada.run(set('Avatar'), { mediaId: second });
    await told(ada, { avatarUrl: urlOf(second), avatarMediaId: second, coverMediaId: first });
    expect(await ada.run(remove('Avatar'))).toMatchObject({ user: { avatarUrl: null, avatar: null }, errors: [] });
    expect(await ada.run(remove('Cover'))).toMatchObject({ user: { profile: { coverImageUrl: null, cover: null } } });
    await told(ada, { avatarUrl: null, avatarMediaId: null, coverMediaId: null });
  });

  it('that is there already, or was removed already, changes nothing', async () => {
    const ada = await profiles.person();
    const mediaId = file(ada);
    const versionOf = async () => (await profiles.db.collection('user_profiles').findOne({ userId: ada.id }))?.version;
    expect(await ada.run(remove('Avatar'))).toMatchObject({ user: { id: ada.id }, errors: [] });
    expect(await ada.run(remove('Cover'))).toMatchObject({ user: { id: ada.id }, errors: [] });
    expect(await versionOf()).toBe(1);
    await ada.run(set('Avatar'), { mediaId });
    media.files.delete(mediaId);
    expect(await ada.run(set('Avatar'), { mediaId: mediaId.toUpperCase() })).toMatchObject({
      user: { avatar: { id: mediaId } },
    });
    expect(await versionOf()).toBe(2);
  });

  it.each<[string, (ada: TestPerson, bob: TestPerson) => string, string]>([
    ['somebody else’s', (_ada, bob) => file(bob), 'NOT_FOUND'],
    ['one that doesn’t exist', () => new ObjectId().toHexString(), 'NOT_FOUND'],
    ['what is no id', () => 'no id', 'NOT_FOUND'],
    ['one that isn’t ready', (ada) => file(ada, { isReady: false }), 'NOT_ALLOWED'],
    ['a private one', (ada) => file(ada, { category: 'POST', publicUrl: null }), 'INVALID_FORMAT'],
    ['one without a public link', (ada) => file(ada, { publicUrl: null }), 'NOT_ALLOWED'],
    ['a film', (ada) => file(ada, { kind: 'VIDEO' }), 'INVALID_FORMAT'],
  ])('can’t be %s', async (_what, make, code) => {
    const [ada, bob] = (await profiles.people(2)) as [TestPerson, TestPerson];
    for (const place of ['Avatar', 'Cover'] as const) {
      const answer = await ada.run(set(place), { mediaId: make(ada, bob) });
      expect(answer).toEqual({ user: null, errors: [{ code, path: ['input', 'mediaId'] }] });
    }
    expect(await shownTo(bob, ada)).toMatchObject({ avatarUrl: null, profile: { coverImageUrl: null } });
  });

  it('is for those who are logged in', async () => {
    for (const operation of [set('Avatar'), set('Cover'), remove('Avatar'), remove('Cover')]) {
      const { errors } = await profiles.client().execute(operation, { mediaId: 'f'.repeat(24) });
      expect(errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
    }
  });
});

describe('a picture whose file its owner deleted', () => {
  it('is taken off the page, wherever it is, and other services are told', async () => {
    const ada = await profiles.person();
    const [both, other] = [file(ada), file(ada)];
    await ada.run(set('Avatar'), { mediaId: both });
    await ada.run(set('Cover'), { mediaId: both });
    await applied(deleted(ada, other));
    expect(await shownTo(ada, ada)).toMatchObject({ avatarUrl: urlOf(both) });
    await applied(deleted(ada, both));
    expect(await shownTo(ada, ada)).toEqual({
      avatarUrl: null,
      avatar: null,
      profile: { coverImageUrl: null, cover: null },
    });
    await told(ada, { avatarUrl: null, avatarMediaId: null, coverMediaId: null });
  });

  it('stays gone when another one was set meanwhile', async () => {
    const ada = await profiles.person();
    const [first, second] = [file(ada), file(ada)];
    await ada.run(set('Avatar'), { mediaId: first });
    await ada.run(set('Avatar'), { mediaId: second });
    await applied(deleted(ada, first));
    expect(await shownTo(ada, ada)).toMatchObject({ avatarUrl: urlOf(second) });
  });

  it('harms nobody when its owner has no page any more', async () => {
    const ada = await profiles.person();
    const mediaId = file(ada);
    await ada.run(set('Avatar'), { mediaId });
    await profiles.publish('UserPurged', 5, { userId: ada.id });
    await profiles.heardEvent('UserDataErased', ({ aggregateId }) => aggregateId === ada.id);
    await told(ada, { avatarUrl: null, avatarMediaId: null, coverMediaId: null });
    const erased = await profiles.db.collection('user_profiles').findOne({ userId: ada.id });
    expect(erased).not.toHaveProperty('avatarMediaId');
    await applied(deleted(ada, mediaId));
    expect(await profiles.db.collection('user_profiles').findOne({ userId: ada.id })).toEqual(erased);
  });
});

describe('while media is away', () => {
  it('no picture is set, and one can be removed', async () => {
    const away = await startProfiles({ MEDIA_URL: 'http://127.0.0.1:1/graphql' });
    try {
      const ada = await away.person();
      const { errors } = await ada.client.execute(set('Avatar'), { mediaId: file(ada) });
      expect(errors?.[0]?.extensions?.code).toBe('UNAVAILABLE');
      expect(await ada.run(remove('Avatar'))).toMatchObject({ errors: [] });
    } finally {
      await away.stop();
    }
  });
});
