import { type MediaOwner, startMediaOwner } from '@postbook/attachments/testing';
import type { AnyEvent, EventPayload, EventType } from '@postbook/events';
import {
  type Instance,
  type PeopleOwners,
  PeopleWorld,
  type Somebody,
  startPeopleOwners,
  TestSubgraph,
} from '@postbook/people/testing';
import { createRedisEventBus, type EventBus, silentLogger } from '@postbook/service-kit';
import {
  dropMongoDatabase,
  type GraphqlClient,
  type TestSubscription,
  testStores,
  uniqueName,
} from '@postbook/testkit';
import { type Db, MongoClient } from 'mongodb';
import { type ChatsConfig, loadConfig } from '../../src/config.ts';
import { createChatsServer } from '../../src/server.ts';

export type { Instance };

/** A person of a test. */
export interface Person extends Somebody {
  /** Speaks to an instance as the gateway would on this person's behalf. */
  readonly client: GraphqlClient;
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
  readonly #subgraph: TestSubgraph;
  readonly config: ChatsConfig;
  readonly bus: EventBus;
  readonly owners: PeopleOwners;
  /** Stands for media. */
  readonly media: MediaOwner;
  readonly mongo: MongoClient;
  readonly db: Db;
  /** What the owners of people tell. */
  readonly world: PeopleWorld;

  constructor(config: ChatsConfig, owners: PeopleOwners, media: MediaOwner) {
    this.config = config;
    this.owners = owners;
    this.media = media;
    const { redisUrl: url, redisNamespace: namespace } = config;
    this.bus = createRedisEventBus({ url, namespace, name: 'chats-tests', log: silentLogger });
    this.mongo = new MongoClient(config.mongo.url);
    this.db = this.mongo.db(config.mongo.database);
    this.world = new PeopleWorld({
      bus: this.bus,
      db: this.db,
      service: 'chats',
      keeps: ['cards', 'settings', 'Friend', 'Block'],
    });
    this.#subgraph = new TestSubgraph({ name: 'chats', secret: SECRET, create: () => createChatsServer(config) });
  }

  get signer() {
    return this.#subgraph.signer;
  }

  get instances(): Instance[] {
    return this.#subgraph.instances;
  }

  startInstance = () => this.#subgraph.startInstance();
  instance = (number = 0) => this.#subgraph.instance(number);
  viewer = (userId: string) => this.#subgraph.viewer(userId);
  client = (userId: string | undefined, instance?: Instance) => this.#subgraph.client(userId, instance);
  publish = (...events: readonly AnyEvent[]) => this.world.publish(...events);
  block = (a: Person, b: Person) => this.world.block(a, b);
  unblock = (a: Person, b: Person) => this.world.unblock(a, b);
  befriend = (a: Person, b: Person) => this.world.befriend(a, b);
  allowMessages = (person: Person, allowMessages: 'Everyone' | 'Friends' | 'None') =>
    this.world.allow(person, { allowMessages });

  event<T extends EventType>(type: T, aggregateId: string, payload: EventPayload<T>, version?: number): AnyEvent {
    return this.world.event(type, aggregateId, payload, version);
  }

  /** People that chats knows from events. */
  async people<const Names extends readonly string[]>(...names: Names): Promise<{ [Name in keyof Names]: Person }> {
    const people = await this.world.people(...names);
    return people.map((person) => ({ ...person, client: this.client(person.id) })) as {
      [Name in keyof Names]: Person;
    };
  }

  /** Opens a subscription as the gateway would on the person's behalf. */
  subscribe<Data>(
    person: { readonly id: string } | undefined,
    query: string,
    variables: Record<string, unknown>,
    instance?: Instance,
  ): TestSubscription<Data> {
    return this.#subgraph.subscribe<Data>(person, query, variables, instance);
  }

  async stop(): Promise<void> {
    await this.#subgraph.stop();
    await this.bus.close();
    await this.owners.stop();
    await this.media.stop();
    await this.mongo.close();
    await dropMongoDatabase(this.config.mongo.database);
  }
}

/** Starts chats. */
export async function startChats(options: ChatsTestOptions = {}): Promise<Chats> {
  const stores = testStores();
  const [owners, media] = await Promise.all([startPeopleOwners(SECRET), startMediaOwner(SECRET)]);
  const config = loadConfig({
    MONGODB_URL: stores.mongodbUrl,
    REDIS_URL: options.redisUrl ?? stores.redisUrl,
    REDIS_NAMESPACE: uniqueName('chats'),
    CHATS_DATABASE: uniqueName('chats'),
    INTERNAL_IDENTITY_SECRET: SECRET,
    LOG_LEVEL: 'error',
    AUTH_URL: owners.authUrl,
    PROFILES_URL: owners.profilesUrl,
    MEDIA_URL: media.url,
    // Tests share their machine: what they publish may take longer to arrive than in production.
    RELATIONS_MAX_LAG_MS: '30000',
    ...options.environment,
  });
  const chats = new Chats(config, owners, media);
  for (let count = 0; count < (options.instances ?? 1); count += 1) await chats.startInstance();
  return chats;
}
