import { inParallel, type Sample, type SamplePerson, sampleDocumentId, sampleUserId } from '@postbook/sample-data';
import { createLogger, type Outcome } from '@postbook/service-kit';
import { createAccountDirectory } from '../auth-accounts/account-directory.ts';
import type { ProfilesConfig } from '../config.ts';
import { createProfilesDatabase } from '../database/profiles-database-repository.ts';
import { createViewerScope } from '../profile/profile-loaders.ts';
import { createServices, type ProfilesServices } from '../services.ts';

/** Changes made at a time. */
const AT_ONCE = 6;

/** What was refused and is not there already spoils the sample. */
function accept<Value>(outcome: Outcome<Value>): Value | null {
  const [mistake] = outcome.errors;
  if (mistake && mistake.code !== 'ALREADY_DONE') throw new Error(`the sample was refused: ${mistake.message}`);
  return outcome.value;
}

/** Somebody acting for themselves. */
function createActors(services: ProfilesServices) {
  const parts = { directory: services.directory, edges: services.repositories.edges };
  return (index: number) => {
    const viewerId = sampleUserId(index);
    return { viewerId, scope: createViewerScope(viewerId, parts) };
  };
}

/** The changes that make the sample, in an order in which each may be made. */
function tasksOf(services: ProfilesServices, { people, relations }: Sample): (() => Promise<unknown>)[] {
  const { friendRequest, picture, profile, relationship } = services;
  const actor = createActors(services);

  async function introduce({ bio, city, country, hasAvatar, index, tagline, visibility }: SamplePerson) {
    const { scope, viewerId } = actor(index);
    accept(await profile.update(scope, viewerId, { bio, tagline, location: { city, country } }));
    if (hasAvatar) accept(await picture.set(scope, viewerId, 'avatar', sampleDocumentId(`avatar ${index}`)));
    if (visibility === 'Public') return;
    const profileVisibility = visibility === 'Friends' ? 'FRIENDS' : 'PRIVATE';
    accept(await profile.updatePrivacy(scope, viewerId, { profileVisibility }));
  }

  async function ask(from: number, to: number) {
    const { scope, viewerId } = actor(from);
    return accept(await friendRequest.send(scope, viewerId, { userId: sampleUserId(to) }));
  }

  async function befriend(from: number, to: number) {
    const request = await ask(from, to);
    if (!request) return;
    const { scope, viewerId } = actor(to);
    accept(await friendRequest.answer(scope, viewerId, request.id, 'Accepted'));
  }

  const change = (kind: 'follow' | 'block') => async (from: number, to: number) => {
    const { scope, viewerId } = actor(from);
    accept(await relationship[kind](scope, viewerId, sampleUserId(to)));
  };

  return [
    ...people.map((person) => () => introduce(person)),
    ...relations.friendships.map(
      ([a, b]) =>
        () =>
          befriend(a, b),
    ),
    ...relations.follows.map(
      ([a, b]) =>
        () =>
          change('follow')(a, b),
    ),
    ...relations.requests.map(
      ([a, b]) =>
        () =>
          ask(a, b),
    ),
    ...relations.blocks.map(
      ([a, b]) =>
        () =>
          change('block')(a, b),
    ),
  ];
}

/** Fills the pages of the sample's people and what is between them. What is there already stays as it is. */
export async function fillPeople(config: ProfilesConfig, sample: Sample): Promise<void> {
  const log = createLogger({ service: 'profiles-sample', level: config.logLevel, format: config.logFormat });
  const database = createProfilesDatabase(config, log);
  const { authUrl: url, internalIdentitySecret: secret } = config;
  if (!url) throw new Error('AUTH_URL is needed: the people of the sample are asked of auth.');
  const services = createServices({
    config,
    database,
    accounts: createAccountDirectory({ url, secret }),
    log,
    // The relay of the running service finds them by itself.
    onEvent: () => undefined,
  });
  await database.start();
  // Makes the pages whose events are still under way.
  const found = await services.directory.find(sample.people.map(({ index }) => sampleUserId(index)));
  if (found.size < sample.people.length) throw new Error('Not all people of the sample have an account yet.');
  const tasks = tasksOf(services, sample);
  let done = 0;
  await inParallel(tasks, AT_ONCE, async (task) => {
    await task();
    done += 1;
    sample.progress(done, tasks.length);
  });
  await database.stop();
}
