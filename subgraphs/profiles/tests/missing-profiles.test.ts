import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { uuidv7 } from '@postbook/events';
import { createIdentityVerifier } from '@postbook/service-kit';
import { eventually } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FOLLOW, SEND, UPDATE, USER } from './operations.ts';
import { type Answer, type ProfilesFixture, SECRET, startProfiles } from './profiles-fixture.ts';

/** Auth as far as profiles asks it: entities of users, for signed calls only. */
const accounts = new Map<string, Answer>();
let calls: string[][] = [];
let isDown = false;
let auth: Server;
let profiles: ProfilesFixture;

beforeAll(async () => {
  auth = createServer(async (request, response) => {
    const body = (await request.setEncoding('utf8').toArray()).join('');
    const verifier = createIdentityVerifier({ secret: SECRET, audience: 'auth' });
    const identity = verifier.verify(String(request.headers['x-postbook-identity']), body);
    response.setHeader('content-type', 'application/json');
    const { of } = JSON.parse(body).variables;
    // The feed of accounts, which the job reads.
    if (!of)
      return response.end(
        JSON.stringify({ data: { feed: { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } } } }),
      );
    const ids = of.map(({ id }: Answer) => id) as string[];
    calls.push(ids);
    const answer =
      isDown || identity.viewer || identity.operationType !== 'query'
        ? { errors: [{ message: 'away' }] }
        : { data: { _entities: ids.map((id) => accounts.get(id) ?? null) } };
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => auth.listen(0, '127.0.0.1', resolve));
  const { port } = auth.address() as AddressInfo;
  profiles = await startProfiles({ AUTH_URL: `http://127.0.0.1:${port}/graphql` });
});
afterAll(async () => {
  await profiles.stop();
  auth.close();
});

const register = (username: string, firstName = 'Grace', lastName = 'Hopper') => {
  const id = uuidv7();
  accounts.set(id, { id, username, registrationNames: { firstName, lastName } });
  return profiles.personOf(id, username);
};

describe('somebody whose event is still under way', () => {
  it('is fetched from auth in one signed call for all, and made with the default privacy', async () => {
    const [grace, alan] = [register('grace'), register('alan', 'Alan', 'Turing')];
    calls = [];
    const nobody = uuidv7();
    const found = await profiles.entities([grace.id, nobody, alan.id]);
    expect(found.map((user: Answer | null) => user?.displayName ?? null)).toEqual([
      'Grace Hopper',
      null,
      'Alan Turing',
    ]);
    expect(calls).toEqual([[grace.id, nobody, alan.id]]);
    expect(await grace.run(USER, { username: 'GRACE' })).toMatchObject({
      id: grace.id,
      profile: { firstName: 'Grace', privacy: { profileVisibility: 'PUBLIC' } },
    });
    await profiles.heardEvent('UserProfileUpdated', ({ payload }) => payload.userId === grace.id);
  });

  it('is made once by many at the same time, and once more by the event', async () => {
    const grace = register('grace_many');
    const found = await Promise.all(Array.from({ length: 8 }, () => profiles.entities([grace.id])));
    expect(found.map((users) => users[0]?.id)).toEqual(Array.from({ length: 8 }, () => grace.id));
    await profiles.publish('UserCreated', 1, {
      userId: grace.id,
      username: 'grace_many',
      email: 'grace@example.org',
      firstName: 'Grace',
      lastName: 'Hopper',
    });
    await profiles.person();
    expect(await profiles.db.collection('user_profiles').countDocuments({ userId: grace.id })).toBe(1);
    await profiles.heardEvent('UserProfileUpdated', ({ payload }) => payload.userId === grace.id);
    expect(profiles.heard.filter(({ aggregateId }) => aggregateId === grace.id)).toHaveLength(1);
  });

  it('may change the profile, be followed and be asked at once', async () => {
    const [grace, alan] = [register('grace_first'), register('alan_first')];
    expect((await grace.run(UPDATE, { input: { bio: 'first' } })).errors).toEqual([]);
    const [mary, joan] = [register('mary_first'), register('joan_first')];
    expect((await mary.run(FOLLOW, { input: { userId: alan.id } })).errors).toEqual([]);
    expect((await joan.run(SEND, { input: { userId: mary.id } })).errors).toEqual([]);
  });

  it('follows a name change that comes before the profile does', async () => {
    const grace = register('grace_renamed');
    await profiles.publish('UsernameChanged', 4, { userId: grace.id, username: 'grace_again' });
    const renamed = await eventually(() => grace.run(USER, { username: 'grace_again' }));
    expect(renamed).toMatchObject({ id: grace.id });
  });

  it('stays unknown while auth is away, and everybody else is answered', async () => {
    const [grace, ada] = [register('grace_away'), await profiles.person()];
    isDown = true;
    expect(await profiles.entities([grace.id, ada.id])).toMatchObject([null, { id: ada.id }]);
    isDown = false;
    expect(await profiles.entities([grace.id])).toMatchObject([{ displayName: 'Grace Hopper' }]);
  });

  it('is not asked for when the profile is there', async () => {
    const ada = await profiles.person();
    calls = [];
    await profiles.entities([ada.id]);
    expect(calls).toEqual([]);
  });
});

describe('a change of a viewer without any account', () => {
  it('is refused', async () => {
    const nobody = profiles.personOf(uuidv7(), 'nobody');
    const { errors } = await nobody.client.execute(UPDATE, { input: { bio: 'x' } });
    expect(errors?.[0]?.extensions?.code).toBe('NOT_FOUND');
  });
});
