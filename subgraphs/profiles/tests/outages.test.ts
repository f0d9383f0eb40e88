import { randomUUID } from 'node:crypto';
import { uuidv7 } from '@postbook/events';
import { createIdentitySigner } from '@postbook/service-kit';
import { createSubgraphClient, dropMongoDatabase, eventually, testStores, uniqueName } from '@postbook/testkit';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { createProfilesServer } from '../src/server.ts';
import { ACCEPT, BLOCK, SEND, UPDATE, USER } from './operations.ts';
import { type Answer, type ProfilesFixture, startProfiles, type TestPerson } from './profiles-fixture.ts';

const SECRET = 'the secret of the tests, 32 characters long';

describe('while Redis is away', () => {
  const database = uniqueName('profiles');
  const names = { firstName: 'Ada', lastName: 'Lovelace' };
  const server = createProfilesServer(
    loadConfig({
      MONGODB_URL: testStores().mongodbUrl,
      PROFILES_DATABASE: database,
      // Nobody listens on the port for discarded data.
      REDIS_URL: 'redis://127.0.0.1:9',
      INTERNAL_IDENTITY_SECRET: SECRET,
      LOG_LEVEL: 'silent',
    }),
    {
      accounts: { find: async (ids) => ids.map((userId) => ({ userId, username: `u_${userId.slice(-8)}`, ...names })) },
    },
  );
  let url: string;
  beforeAll(async () => {
    ({ url } = await server.start());
  });
  afterAll(async () => {
    await server.stop();
    await dropMongoDatabase(database);
  });

  it('profiles are made, changed and shown, and their events wait in the outbox', async () => {
    const userId = uuidv7();
    const client = createSubgraphClient({
      url: `${url}/graphql`,
      audience: 'profiles',
      signer: createIdentitySigner({ secret: SECRET }),
      viewer: { userId, sessionId: randomUUID(), role: 'User', scopes: [] },
    });
    const { updateProfile } = await client.data<Answer>(UPDATE, { input: { displayName: 'Countess' } });
    expect(updateProfile).toMatchObject({ user: { displayName: 'Countess' }, errors: [] });
    const { userByUsername } = await client.data<Answer>(USER, { username: `U_${userId.slice(-8)}` });
    expect(userByUsername).toMatchObject({ id: userId, displayName: 'Countess' });
    const mongo = new MongoClient(testStores().mongodbUrl);
    const waiting = await mongo.db(database).collection('outbox').countDocuments({ publishedAt: null });
    await mongo.close();
    expect(waiting).toBe(2);
  });
});

describe('two processes', () => {
  let profiles: ProfilesFixture;
  let second: ReturnType<typeof createProfilesServer>;
  let secondUrl: string;
  beforeAll(async () => {
    profiles = await startProfiles();
    second = createProfilesServer(profiles.config);
    secondUrl = (await second.start()).url;
  });
  afterAll(async () => {
    await second.stop();
    await profiles.stop();
  });

  /** The same person, served by the other process. */
  const elsewhere = (person: TestPerson) => {
    const viewer = { userId: person.id, sessionId: randomUUID(), role: 'User', scopes: [] } as const;
    const { signer } = profiles;
    return profiles.runner(createSubgraphClient({ url: `${secondUrl}/graphql`, audience: 'profiles', signer, viewer }));
  };
  const edgesOf = (person: TestPerson) =>
    profiles.db.collection('relationships').find({ from: person.id }).sort({ kind: 1 }).toArray();

  it('make one friendship of two requests that cross', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [ada, eve] = (await profiles.people(2)) as [TestPerson, TestPerson];
      const [a, b] = await Promise.all([
        ada.run(SEND, { input: { userId: eve.id } }),
        elsewhere(eve)(SEND, { input: { userId: ada.id } }),
      ]);
      expect([a.errors, b.errors]).toEqual([[], []]);
      expect(await edgesOf(ada)).toMatchObject([
        { kind: 'Follow', to: eve.id },
        { kind: 'Friend', to: eve.id },
      ]);
    }
  });

  it('leave no friendship when a block on one meets an acceptance on the other', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [ada, eve] = (await profiles.people(2)) as [TestPerson, TestPerson];
      const { request } = await ada.run(SEND, { input: { userId: eve.id } });
      await Promise.all([
        ada.run(BLOCK, { input: { userId: eve.id } }),
        elsewhere(eve)(ACCEPT, { input: { requestId: request.id } }),
      ]);
      expect(await edgesOf(ada)).toMatchObject([{ kind: 'Block', to: eve.id }]);
      expect(await edgesOf(eve)).toEqual([]);
    }
  });

  it('make one profile of an event that both might take', async () => {
    const people = await profiles.people(20);
    const found = await profiles.entities(people.map(({ id }) => id));
    expect(found.every((user: Answer | null) => user !== null)).toBe(true);
    expect(
      await profiles.db.collection('user_profiles').countDocuments({ userId: { $in: people.map(({ id }) => id) } }),
    ).toBe(20);
  });
});

describe('an event that overtakes the one that makes the profile', () => {
  it('is applied once the profile is there', async () => {
    const profiles = await startProfiles();
    const userId = uuidv7();
    await profiles.publish('UserDeactivated', 2, { userId });
    const names = { username: 'overtaken', email: 'o@example.org', firstName: 'Over', lastName: 'Taken' };
    await profiles.publish('UserCreated', 1, { userId, ...names });
    const hidden = await eventually(() => profiles.db.collection('user_profiles').findOne({ userId, isActive: false }));
    expect(hidden).toMatchObject({ username: 'overtaken', statusVersion: 2 });
    await profiles.stop();
  });
});
