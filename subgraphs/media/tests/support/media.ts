import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Instance,
  type PeopleOwners,
  PeopleWorld,
  type Somebody,
  startPeopleOwners,
  TestSubgraph,
} from '@postbook/people/testing';
import { createPlatform, createRedisEventBus, type EventBus, type Platform, silentLogger } from '@postbook/service-kit';
import {
  dropMongoDatabase,
  eventually,
  type GraphqlClient,
  type TestSubscription,
  testStores,
  uniqueName,
} from '@postbook/testkit';
import { type Db, MongoClient } from 'mongodb';
import { loadConfig, type MediaConfig } from '../../src/config.ts';
import { createMediaServer, type MediaOverrides } from '../../src/server.ts';

export type { Instance };

/** A person of a test. */
export interface Person extends Somebody {
  /** Speaks to an instance as the gateway would on this person's behalf. */
  readonly client: GraphqlClient;
}

/** Options of {@link startMedia}. */
export interface MediaTestOptions {
  readonly redisUrl?: string;
  /** How many instances share the stores. Default 1. */
  readonly instances?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

export const SECRET = 'a secret of tests that has more than 32 characters';

/** A clock that tests move on. */
export class Clock {
  #offsetMs = 0;
  now = (): Date => new Date(Date.now() + this.#offsetMs);
  advance(ms: number): void {
    this.#offsetMs += ms;
  }
  /** Moves on to where a window of this length begins: nothing rounds differently for as long. */
  toNextWindow(ms: number): void {
    this.advance(ms - (this.now().getTime() % ms));
  }
}

/** Media with a database, a folder and a Redis namespace of its own, and what tests do with it. */
export class Media {
  readonly #subgraph: TestSubgraph;
  readonly #platforms: Platform[] = [];
  readonly #overrides: { -readonly [Part in keyof MediaOverrides]?: MediaOverrides[Part] } = {};
  readonly config: MediaConfig;
  readonly folder: string;
  readonly bus: EventBus;
  readonly owners: PeopleOwners;
  readonly mongo: MongoClient;
  readonly db: Db;
  readonly clock = new Clock();
  /** What the owners of people tell. */
  readonly world: PeopleWorld;

  constructor(config: MediaConfig, folder: string, owners: PeopleOwners) {
    this.config = config;
    this.folder = folder;
    this.owners = owners;
    const { redisUrl: url, redisNamespace: namespace } = config;
    this.bus = createRedisEventBus({ url, namespace, name: 'media-tests', log: silentLogger });
    this.mongo = new MongoClient(config.mongo.url);
    this.db = this.mongo.db(config.mongo.database);
    this.world = new PeopleWorld({ bus: this.bus, db: this.db, service: 'media', keeps: ['Block'] });
    this.#subgraph = new TestSubgraph({
      name: 'media',
      secret: SECRET,
      create: () => {
        const platform = createPlatform('media', config);
        this.#platforms.push(platform);
        return createMediaServer(config, { platform, now: this.clock.now, ...this.#overrides });
      },
    });
  }

  get signer() {
    return this.#subgraph.signer;
  }

  startInstance = () => this.#subgraph.startInstance();

  /** Starts an instance with other parts. */
  startWith(overrides: Partial<MediaOverrides>): Promise<Instance> {
    Object.assign(this.#overrides, overrides);
    return this.startInstance();
  }

  instance = (number = 0) => this.#subgraph.instance(number);
  client = (userId: string | undefined, instance?: Instance) => this.#subgraph.client(userId, instance);

  /** Opens a subscription as the gateway would on the person's behalf. */
  subscribe<Data>(
    person: { readonly id: string } | undefined,
    query: string,
    variables: Record<string, unknown>,
    instance?: Instance,
  ): TestSubscription<Data> {
    return this.#subgraph.subscribe<Data>(person, query, variables, instance);
  }

  /** Runs a job of the first instance now. */
  runJob(name: string): Promise<boolean> {
    const [platform] = this.#platforms;
    if (!platform) throw new Error('no instance runs');
    return platform.scheduler.runNow(name);
  }

  /** People that media knows from events. */
  async people<const Names extends readonly string[]>(...names: Names): Promise<{ [Name in keyof Names]: Person }> {
    const people = await this.world.people(...names);
    return people.map((person) => ({ ...person, client: this.client(person.id) })) as {
      [Name in keyof Names]: Person;
    };
  }

  /** All blobs, by their paths. */
  async blobs(): Promise<string[]> {
    // A folder may be removed while they are read.
    const entries = await eventually(() => readdir(this.folder, { recursive: true, withFileTypes: true }));
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.folder.length + 1))
      .sort();
  }

  /** Events that were left for other services, oldest first. */
  async events(): Promise<{ type: string; aggregateId: string; version: number; payload: Record<string, unknown> }[]> {
    const rows = await this.db
      .collection<{ event: string }>('outbox')
      .find({}, { sort: { _id: 1 } })
      .toArray();
    return rows.map(({ event }) => JSON.parse(event));
  }

  async stop(): Promise<void> {
    await this.#subgraph.stop();
    await this.bus.close();
    await this.owners.stop();
    await this.mongo.close();
    await dropMongoDatabase(this.config.mongo.database);
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Starts media. */
export async function startMedia(options: MediaTestOptions = {}): Promise<Media> {
  const stores = testStores();
  const owners = await startPeopleOwners(SECRET);
  const folder = await mkdtemp(join(tmpdir(), 'postbook-media-'));
  const config = loadConfig({
    MONGODB_URL: stores.mongodbUrl,
    REDIS_URL: options.redisUrl ?? stores.redisUrl,
    REDIS_NAMESPACE: uniqueName('media'),
    MEDIA_DATABASE: uniqueName('media'),
    MEDIA_DIR: folder,
    INTERNAL_IDENTITY_SECRET: SECRET,
    LOG_LEVEL: 'error',
    AUTH_URL: owners.authUrl,
    PROFILES_URL: owners.profilesUrl,
    ...options.environment,
  });
  const media = new Media(config, folder, owners);
  for (let count = 0; count < (options.instances ?? 1); count += 1) await media.startInstance();
  return media;
}
