import { type MediaOwner, startMediaOwner } from '@postbook/attachments/testing';
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
import { loadConfig, type PostsConfig } from '../../src/config.ts';
import { createPostsServer, type PostsOverrides } from '../../src/server.ts';

export type { Instance };

/** A person of a test. */
export interface Person extends Somebody {
  /** Speaks to an instance as the gateway would on this person's behalf. */
  readonly client: GraphqlClient;
}

/** Options of {@link startPosts}. */
export interface PostsTestOptions {
  readonly redisUrl?: string;
  /** How many instances share the database. Default 1. */
  readonly instances?: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly overrides?: Partial<PostsOverrides>;
}

const SECRET = 'a secret of tests that has more than 32 characters';

/** Posts with a database and a Redis namespace of its own, and what tests do with it. */
export class Posts {
  readonly #subgraph: TestSubgraph;
  readonly config: PostsConfig;
  readonly bus: EventBus;
  readonly owners: PeopleOwners;
  readonly media: MediaOwner;
  readonly mongo: MongoClient;
  readonly db: Db;
  /** What the owners of people tell. */
  readonly world: PeopleWorld;

  constructor(config: PostsConfig, owners: PeopleOwners, media: MediaOwner, overrides: Partial<PostsOverrides>) {
    this.config = config;
    this.owners = owners;
    this.media = media;
    const { redisUrl: url, redisNamespace: namespace } = config;
    this.bus = createRedisEventBus({ url, namespace, name: 'posts-tests', log: silentLogger });
    this.mongo = new MongoClient(config.mongo.url);
    this.db = this.mongo.db(config.mongo.database);
    this.world = new PeopleWorld({ bus: this.bus, db: this.db, service: 'posts' });
    this.#subgraph = new TestSubgraph({
      name: 'posts',
      secret: SECRET,
      create: () => createPostsServer(config, overrides),
    });
  }

  startInstance = () => this.#subgraph.startInstance();
  instance = (number = 0) => this.#subgraph.instance(number);
  client = (userId: string | undefined, instance?: Instance) => this.#subgraph.client(userId, instance);

  /** People that posts knows from events. */
  async people<const Names extends readonly string[]>(...names: Names): Promise<{ [Name in keyof Names]: Person }> {
    const people = await this.world.people(...names);
    return people.map((person) => ({ ...person, client: this.client(person.id) })) as {
      [Name in keyof Names]: Person;
    };
  }

  /** One more instance, which writes down its queries by their names. */
  async startCounted() {
    const names: string[] = [];
    const client = new MongoClient(this.config.mongo.url, { monitorCommands: true });
    client.on('commandStarted', ({ command }) => void (command.comment && names.push(String(command.comment))));
    const database = {
      name: 'mongodb',
      client,
      db: client.db(this.config.mongo.database),
      start: async () => void (await client.connect()),
      stop: () => client.close(),
    };
    const subgraph = new TestSubgraph({
      name: 'posts',
      secret: SECRET,
      create: () => createPostsServer(this.config, { database }),
    });
    await subgraph.startInstance();
    return { client: (userId: string) => subgraph.client(userId), names, stop: () => subgraph.stop() };
  }

  /** Two people who are friends, and so follow each other. */
  async befriend(a: Person, b: Person): Promise<void> {
    await this.world.befriend(a, b);
    await this.world.follow(a, b);
    await this.world.follow(b, a);
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

/** Starts posts. */
export async function startPosts(options: PostsTestOptions = {}): Promise<Posts> {
  const stores = testStores();
  const [owners, media] = await Promise.all([startPeopleOwners(SECRET), startMediaOwner(SECRET)]);
  const config = loadConfig({
    MONGODB_URL: stores.mongodbUrl,
    REDIS_URL: options.redisUrl ?? stores.redisUrl,
    REDIS_NAMESPACE: uniqueName('posts'),
    POSTS_DATABASE: uniqueName('posts'),
    INTERNAL_IDENTITY_SECRET: SECRET,
    LOG_LEVEL: 'error',
    AUTH_URL: owners.authUrl,
    PROFILES_URL: owners.profilesUrl,
    MEDIA_URL: media.url,
    ...options.environment,
  });
  const posts = new Posts(config, owners, media, options.overrides ?? {});
  for (let count = 0; count < (options.instances ?? 1); count += 1) await posts.startInstance();
  return posts;
}
