import { uuidv7 } from '@postbook/events';
import type { AccountEntry } from '@postbook/people';
import { type PeopleOwners, startPeopleOwners } from '@postbook/people/testing';
import { createPlatform, type Platform } from '@postbook/service-kit';
import { eventually } from '@postbook/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Answer, type ProfilesFixture, startProfiles, type TestPerson } from './profiles-fixture.ts';

let owners: PeopleOwners;
let platform: Platform;
let profiles: ProfilesFixture;
beforeAll(async () => {
  owners = await startPeopleOwners('the secret of the tests, 32 characters long');
  profiles = await startProfiles({ AUTH_URL: owners.authUrl }, (config) => {
    platform = createPlatform('profiles', config);
    return { platform };
  });
});
afterAll(async () => {
  await profiles.stop();
  await owners.stop();
});

const account = (person: { id: string; username: string }, changes: Partial<AccountEntry> = {}): AccountEntry => ({
  id: person.id,
  username: person.username,
  status: 'ACTIVE',
  version: 1,
  ...changes,
});
const reconcile = () => platform.scheduler.runNow('profiles-reconcile-accounts');
const stored = (person: { id: string }) =>
  profiles.db.collection('user_profiles').findOne({ userId: person.id }) as Promise<Answer | null>;

it('repairs profiles of which events were lost: missing, renamed, hidden, shown and erased ones', async () => {
  const [renamed, hidden, shown, erased, right] = (await profiles.people(5)) as [
    TestPerson,
    TestPerson,
    TestPerson,
    TestPerson,
    TestPerson,
  ];
  const missing = { id: uuidv7(), username: 'never_heard_of' };
  owners.people.set(missing.id, { username: missing.username, registrationNames: null } as never);
  await profiles.befriend(erased, right);
  await profiles.publish('UserDeactivated', 2, { userId: shown.id });
  await eventually(async () => (await stored(shown))?.isActive === false);
  owners.accounts.push(
    account(missing),
    account(renamed, { username: 'another_name', version: 3 }),
    account(hidden, { status: 'SUSPENDED', version: 3 }),
    account(shown, { version: 3 }),
    account(erased, { status: 'DELETED', version: 3 }),
    account(right),
  );
  const before = await stored(right);
  expect(await reconcile()).toBe(true);
  expect(await stored(missing)).toMatchObject({ username: 'never_heard_of', isActive: true });
  expect(await stored(renamed)).toMatchObject({ username: 'another_name', usernameVersion: 3 });
  expect(await stored(hidden)).toMatchObject({ isActive: false, statusVersion: 3 });
  expect(await stored(shown)).toMatchObject({ isActive: true, statusVersion: 3 });
  expect(await stored(erased)).toMatchObject({ isDeleted: true, displayName: 'Deleted user' });
  const receipt = await profiles.heardEvent('UserDataErased', ({ payload }) => payload.userId === erased.id);
  expect(receipt.payload).toMatchObject({ service: 'profiles' });
  const after = await stored(right);
  expect({ ...after, statistics: null, updatedAt: null, version: null }).toEqual({
    ...before,
    statistics: null,
    updatedAt: null,
    version: null,
  });
});

it('writes over nothing that an event told meanwhile', async () => {
  const person = await profiles.person();
  await profiles.publish('UsernameChanged', 9, { userId: person.id, username: 'newest_name' });
  await eventually(async () => (await stored(person))?.usernameVersion === 9);
  owners.accounts.push(account(person, { username: 'older_name', version: 8 }));
  await reconcile();
  expect(await stored(person)).toMatchObject({ username: 'newest_name' });
});
