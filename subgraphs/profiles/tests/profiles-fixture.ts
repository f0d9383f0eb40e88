import { randomUUID } from 'node:crypto';
import { profilesDatabase } from '@postbook/db/profiles';
import {
  type AnyEvent,
  createEvent,
  type EventOf,
  type EventPayload,
  type EventType,
  eventCatalogue,
  uuidv7,
} from '@postbook/events';
import { createIdentitySigner, createRedisEventBus, silentLogger } from '@postbook/service-kit';
import {
  createSubgraphClient,
  dropMongoDatabase,
  eventually,
  type GraphqlClient,
  type TestViewer,
  testStores,
  uniqueName,
} from '@postbook/testkit';
import { MongoClient } from 'mongodb';
import { loadConfig, type ProfilesConfig } from '../src/config.ts';
import { createProfilesServer, type ProfilesOverrides } from '../src/server.ts';
import { ACCEPT, BLOCK, ENTITIES, FOLLOW, SEND, UPDATE_PRIVACY } from './operations.ts';

/** Signs the calls of the tests. */
export const SECRET = 'the secret of the tests, 32 characters long';

/** The answer of an operation, whichever it is. */
// biome-ignore lint/suspicious/noExplicitAny: answers of every shape; the expectations check them.
export type Answer = Record<string, any>;

/** Somebody with a profile, and a client that calls on their behalf. */
export interface TestPerson {
  readonly id: string;
  readonly username: string;
  readonly client: GraphqlClient;
  /** Runs an operation and gives its only field. */
  run(operation: string, variables?: Answer): Promise<Answer>;
}

const profileTypes = (Object.keys(eventCatalogue) as EventType[]).filter((type) =>
  ['profiles', 'lifecycle'].includes(eventCatalogue[type].domain),
);

/** Starts the profiles subgraph with a database and a Redis namespace of its own. */
export async function startProfiles(
  environment: Record<string, string> = {},
  overridesOf: (config: ProfilesConfig) => ProfilesOverrides = () => ({}),
) {
  const { mongodbUrl, redisUrl } = testStores();
  const database = uniqueName(profilesDatabase.name);
  const namespace = uniqueName('profiles');
  const config = loadConfig({
    MONGODB_URL: mongodbUrl,
    PROFILES_DATABASE: database,
    REDIS_URL: redisUrl,
    REDIS_NAMESPACE: namespace,
    INTERNAL_IDENTITY_SECRET: SECRET,
    LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
    ...environment,
  });
  const server = createProfilesServer(config, overridesOf(config));
  const { url } = await server.start();
  const mongo = new MongoClient(mongodbUrl);
  const db = mongo.db(database);
  const bus = createRedisEventBus({ url: redisUrl, namespace, name: 'tests', log: silentLogger });
  // The bus connects in the background.
  await eventually(() => bus.epoch().catch(() => undefined));
  const heard: AnyEvent[] = [];
  await bus.consume({ group: 'tests', types: profileTypes, handler: async (event) => void heard.push(event) });
  const signer = createIdentitySigner({ secret: SECRET });

  const client = (viewer?: TestViewer) =>
    createSubgraphClient({ url: `${url}/graphql`, audience: 'profiles', signer, viewer });

  const clientOf = (userId: string) => client({ userId, sessionId: randomUUID(), role: 'User', scopes: [] });

  const runner = (caller: GraphqlClient) => async (operation: string, variables?: Answer) =>
    Object.values(await caller.data<Answer>(operation, variables))[0] as Answer;

  const personOf = (id: string, username: string): TestPerson => {
    const caller = clientOf(id);
    return { id, username, client: caller, run: runner(caller) };
  };

  const entities = (ids: readonly string[], caller: GraphqlClient = client()) =>
    runner(caller)(ENTITIES, { representations: ids.map((id) => ({ __typename: 'User', id })) });

  /** Publishes an event of auth about a user. */
  const publish = async <T extends EventType>(
    type: T,
    version: number,
    payload: EventPayload<T> & { userId: string },
  ) => {
    const event = createEvent({ type, aggregateId: payload.userId, version, payload });
    await bus.publish([event as AnyEvent]);
    return event;
  };

  /** Waits for an event of profiles. */
  const heardEvent = <T extends EventType>(type: T, about: (event: EventOf<T>) => boolean): Promise<EventOf<T>> =>
    eventually(
      () => heard.find((event) => event.type === type && about(event as EventOf<T>)) as EventOf<T> | undefined,
    ) as Promise<EventOf<T>>;

  /** Somebody who registered, their profile made. */
  const person = async (names: { username?: string; firstName?: string; lastName?: string } = {}) => {
    const userId = uuidv7();
    const username = names.username ?? uniqueName('u').slice(0, 20);
    const { firstName = 'Ada', lastName = 'Lovelace' } = names;
    await publish('UserCreated', 1, { userId, username, email: `${username}@example.org`, firstName, lastName });
    await eventually(async () => (await entities([userId]))[0]);
    return personOf(userId, username);
  };

  const people = (count: number) => Promise.all(Array.from({ length: count }, () => person()));

  const befriend = async (a: TestPerson, b: TestPerson) => {
    const { request } = await a.run(SEND, { input: { userId: b.id } });
    await b.run(ACCEPT, { input: { requestId: request.id } });
  };

  return {
    url,
    db,
    secret: SECRET,
    bus,
    heard,
    signer,
    config,
    client,
    personOf,
    runner,
    anonymous: runner(client()),
    entities,
    publish,
    heardEvent,
    person,
    people,
    befriend,
    follow: (a: TestPerson, b: TestPerson) => a.run(FOLLOW, { input: { userId: b.id } }),
    block: (a: TestPerson, b: TestPerson) => a.run(BLOCK, { input: { userId: b.id } }),
    setPrivacy: (a: TestPerson, input: Answer) => a.run(UPDATE_PRIVACY, { input }),
    async stop() {
      await bus.close();
      await server.stop();
      await mongo.close();
      await dropMongoDatabase(database);
    },
  };
}

/** What {@link startProfiles} gives. */
export type ProfilesFixture = Awaited<ReturnType<typeof startProfiles>>;
