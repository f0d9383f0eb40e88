import { randomUUID } from 'node:crypto';
import { type AnyEvent, createEvent, type EventPayload, type EventType } from '@postbook/events';
import {
  createIdentitySigner,
  createRedisEventBus,
  type EventBus,
  type RunnableService,
  silentLogger,
  subscriptionBody,
} from '@postbook/service-kit';
import {
  createSubgraphClient,
  createSubscriber,
  dropMongoDatabase,
  eventually,
  type GraphqlClient,
  type Subscriber,
  type TestSubscription,
  type TestViewer,
  testStores,
  uniqueName,
} from '@postbook/testkit';
import { type Db, MongoClient } from 'mongodb';
import { type ChatsConfig, loadConfig } from '../../src/config.ts';
import { createChatsServer } from '../../src/server.ts';
import { startOwners, type TestOwners } from './owners.ts';

/** A person of a test. */
export interface Person {
  readonly id: string;
  readonly name: string;
  /** Speaks to an instance as the gateway would on this person's behalf. */
  readonly client: GraphqlClient;
}

/** A running instance of the subgraph. */
export interface Instance {
  readonly url: string;
  stop(): Promise<void>;
}

/** Options of {@link startChats}. */
export interface ChatsTestOptions {
  readonly redisUrl?: string;
  /** How many instances share the database. Default 1. */
  readonly instances?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

const SECRET = 'a secret of tests that has more than 32 characters';

/** Chats with a database and a Redis namespace of its own, and what tests do with it. */
export class Chats {
  readonly signer = createIdentitySigner({ secret: SECRET });
  readonly #sockets: Subscriber[] = [];
  #version = 0;
  readonly config: ChatsConfig;
  readonly instances: Instance[] = [];
  readonly bus: EventBus;
  readonly owners: TestOwners;
  readonly mongo: MongoClient;
  readonly db: Db;

  constructor(config: ChatsConfig, owners: TestOwners) {
    this.config = config;
    this.owners = owners;
    const { redisUrl: url, redisNamespace: namespace } = config;
    this.bus = createRedisEventBus({ url, namespace, name: 'chats-tests', log: silentLogger });
    this.mongo = new MongoClient(config.mongo.url);
    this.db = this.mongo.db(config.mongo.database);
  }

  async startInstance(): Promise<Instance> {
    const service: RunnableService = createChatsServer(this.config);
    const { url } = await service.start();
    const instance = { url, stop: () => service.stop() };
    this.instances.push(instance);
    return instance;
  }

  /** The instance of that number, around again after the last. */
  instance(number = 0): Instance {
    const instance = this.instances[number % this.instances.length];
    if (!instance) throw new Error('no instance runs');
    return instance;
  }

  viewer(userId: string): TestViewer {
    return { userId, sessionId: randomUUID(), role: 'User', scopes: [] };
  }

  client(userId: string | undefined, instance = this.instance()): GraphqlClient {
    const viewer = userId === undefined ? undefined : this.viewer(userId);
    return createSubgraphClient({ url: `${instance.url}/graphql`, audience: 'chats', signer: this.signer, viewer });
  }

  /** Publishes events as their owners would, and waits until chats has applied them. */
  async publish(...events: readonly AnyEvent[]): Promise<void> {
    await this.bus.publish(events);
    const notes = events.map(({ eventId }) => `chats-people:${eventId}`);
    const inbox = this.db.collection<{ _id: string }>('inbox');
    await eventually(async () => (await inbox.countDocuments({ _id: { $in: notes } })) === notes.length);
  }

  /** An event with a version above those of all earlier ones. */
  event<T extends EventType>(type: T, aggregateId: string, payload: EventPayload<T>, version?: number): AnyEvent {
    this.#version += 1;
    return createEvent({ type, aggregateId, version: version ?? this.#version, payload } as never) as AnyEvent;
  }

  /** People that chats knows from events. */
  async people<const Names extends readonly string[]>(...names: Names): Promise<{ [Name in keyof Names]: Person }> {
    const people = names.map((name) => {
      const id = randomUUID();
      return { id, name, client: this.client(id) };
    });
    await this.publish(
      ...people.flatMap(({ id, name }) => {
        const person = { userId: id, username: name, firstName: name, lastName: 'Test' };
        return [
          this.event('UserCreated', id, { ...person, email: `${name}@example.com` }),
          this.event('UserProfileUpdated', id, { ...person, displayName: `${name} T.`, avatarUrl: null }),
        ];
      }),
    );
    return people as { [Name in keyof Names]: Person };
  }

  block = (a: Person, b: Person) =>
    this.publish(this.event('Blocked', `Block:${a.id}:${b.id}`, { blockerId: a.id, blockedId: b.id }));

  unblock = (a: Person, b: Person) =>
    this.publish(this.event('Unblocked', `Block:${a.id}:${b.id}`, { blockerId: a.id, blockedId: b.id }));

  befriend = (a: Person, b: Person) =>
    this.publish(
      this.event('FriendRequestAccepted', `Friend:${[a.id, b.id].sort().join(':')}`, {
        requestId: 'a'.repeat(24),
        fromUserId: a.id,
        toUserId: b.id,
      }),
    );

  allowMessages = (person: Person, allowMessages: 'Everyone' | 'Friends' | 'None') =>
    this.publish(
      this.event('PrivacyChanged', person.id, {
        userId: person.id,
        profileVisibility: 'Public',
        allowMessages,
        allowTagging: 'Friends',
        allowMentions: 'Friends',
        showOnlineStatus: true,
        showLastSeen: true,
      }),
    );

  /** Opens a subscription as the gateway would on the person's behalf. */
  subscribe<Data>(
    person: { readonly id: string } | undefined,
    query: string,
    variables: Record<string, unknown>,
    instance = this.instance(),
  ): TestSubscription<Data> {
    const socket = createSubscriber({ url: `${instance.url.replace('http', 'ws')}/graphql` });
    this.#sockets.push(socket);
    const identity = this.signer.sign({
      audience: 'chats',
      operationType: 'subscription',
      body: subscriptionBody({ query, variables }),
      ...(person ? { viewer: this.viewer(person.id) } : {}),
    });
    return socket.subscribe<Data>(query, variables, { identity });
  }

  async stop(): Promise<void> {
    await Promise.all(this.#sockets.map((socket) => socket.close()));
    await Promise.all(this.instances.map((instance) => instance.stop()));
    await this.bus.close();
    await this.owners.stop();
    await this.mongo.close();
    await dropMongoDatabase(this.config.mongo.database);
  }
}

/** Starts chats. */
export async function startChats(options: ChatsTestOptions = {}): Promise<Chats> {
  const stores = testStores();
  const owners = await startOwners(SECRET);
  const config = loadConfig({
    MONGODB_URL: stores.mongodbUrl,
    REDIS_URL: options.redisUrl ?? stores.redisUrl,
    REDIS_NAMESPACE: uniqueName('chats'),
    CHATS_DATABASE: uniqueName('chats'),
    INTERNAL_IDENTITY_SECRET: SECRET,
    LOG_LEVEL: 'error',
    AUTH_URL: owners.authUrl,
    PROFILES_URL: owners.profilesUrl,
    // Tests share their machine: what they publish may take longer to arrive than in production.
    RELATIONS_MAX_LAG_MS: '30000',
    ...options.environment,
  });
  const chats = new Chats(config, owners);
  for (let count = 0; count < (options.instances ?? 1); count += 1) await chats.startInstance();
  return chats;
}
