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
  eventually,
  type GraphqlClient,
  type TestSubscription,
  testStores,
  uniqueName,
} from '@postbook/testkit';
import { type Db, MongoClient } from 'mongodb';
import { loadConfig, type NotificationsConfig } from '../../src/config.ts';
import { createNotificationsServer } from '../../src/server.ts';

export type { Instance };

/** A person of a test. */
export interface Person extends Somebody {
  /** Speaks to an instance as the gateway would on this person's behalf. */
  readonly client: GraphqlClient;
}

/** Options of {@link startNotifications}. */
export interface NotificationsTestOptions {
  readonly redisUrl?: string;
  /** How many instances share the database. Default 1. */
  readonly instances?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** The clock of the instances. */
  readonly now?: () => Date;
}

const SECRET = 'a secret of tests that has more than 32 characters';

/** The group of the bus that tells people; see `causes/recipient-writer.ts`. */
const GROUP = 'notifications';

/** Notifications with a database and a Redis namespace of its own, and what tests do with it. */
export class Notifications {
  readonly #subgraph: TestSubgraph;
  #lastMoment = 0;
  readonly config: NotificationsConfig;
  readonly bus: EventBus;
  readonly owners: PeopleOwners;
  readonly mongo: MongoClient;
  readonly db: Db;
  /** What the owners of people tell. */
  readonly world: PeopleWorld;

  constructor(config: NotificationsConfig, owners: PeopleOwners, now?: () => Date) {
    this.config = config;
    this.owners = owners;
    const { redisUrl: url, redisNamespace: namespace } = config;
    this.bus = createRedisEventBus({ url, namespace, name: 'notifications-tests', log: silentLogger });
    this.mongo = new MongoClient(config.mongo.url);
    this.db = this.mongo.db(config.mongo.database);
    this.world = new PeopleWorld({ bus: this.bus, db: this.db, service: 'notifications', keeps: ['cards', 'Block'] });
    this.#subgraph = new TestSubgraph({
      name: 'notifications',
      secret: SECRET,
      create: () => createNotificationsServer(config, now ? { now } : {}),
    });
  }

  startInstance = () => this.#subgraph.startInstance();
  instance = (number = 0) => this.#subgraph.instance(number);
  client = (userId: string | undefined, instance?: Instance) => this.#subgraph.client(userId, instance);

  /** An event that happened after all earlier ones, if only by a millisecond. */
  event<T extends EventType>(type: T, aggregateId: string, payload: EventPayload<T>, version?: number): AnyEvent {
    this.#lastMoment = Math.max(this.#lastMoment + 1, Date.now());
    const occurredAt = new Date(this.#lastMoment).toISOString();
    return { ...this.world.event(type, aggregateId, payload, version), occurredAt };
  }

  /** Publishes events and waits until people are told. The same event may be there several times. */
  async tell(...events: readonly AnyEvent[]): Promise<void> {
    await this.bus.publish(events);
    await this.told(...events);
  }

  /** Waits until people are told of events. */
  async told(...events: readonly AnyEvent[]): Promise<void> {
    const notes = [...new Set(events.map(({ eventId }) => `${GROUP}:${eventId}`))];
    const inbox = this.db.collection<{ _id: string }>('inbox');
    await eventually(async () => (await inbox.countDocuments({ _id: { $in: notes } })) === notes.length, {
      timeoutMs: 20_000,
    });
  }

  /** People whom notifications knows from events. */
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
    await this.mongo.close();
    await dropMongoDatabase(this.config.mongo.database);
  }
}

/** Starts notifications. */
export async function startNotifications(options: NotificationsTestOptions = {}): Promise<Notifications> {
  const stores = testStores();
  const owners = await startPeopleOwners(SECRET);
  const config = loadConfig({
    MONGODB_URL: stores.mongodbUrl,
    REDIS_URL: options.redisUrl ?? stores.redisUrl,
    REDIS_NAMESPACE: uniqueName('notifications'),
    NOTIFICATIONS_DATABASE: uniqueName('notifications'),
    INTERNAL_IDENTITY_SECRET: SECRET,
    LOG_LEVEL: 'error',
    AUTH_URL: owners.authUrl,
    PROFILES_URL: owners.profilesUrl,
    ...options.environment,
  });
  const notifications = new Notifications(config, owners, options.now);
  for (let count = 0; count < (options.instances ?? 1); count += 1) await notifications.startInstance();
  return notifications;
}
