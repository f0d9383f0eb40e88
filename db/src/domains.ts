import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { AUTH_DATABASE, migrateAuthDatabase } from './auth/index.ts';
import { chatsDatabase } from './chats/index.ts';
import { mediaDatabase } from './media/index.ts';
import { type DatabaseDefinition, migrateMongoDatabase, statusOf } from './mongo/index.ts';
import { notificationsDatabase } from './notifications/index.ts';
import { missingMigrations } from './postgres/migration-status.ts';
import { postsDatabase } from './posts/index.ts';
import { profilesDatabase } from './profiles/index.ts';

/** URLs of the servers that the databases are on. */
export interface DatabaseServers {
  readonly postgres: string;
  readonly mongodb: string;
}

/** The database of one domain, as the commands that look after all of them see it. */
export interface DomainDatabase {
  readonly name: string;
  /** Makes it what this version of the code needs. Idempotent; safe beside running services. */
  migrate(servers: DatabaseServers): Promise<void>;
  /** What it lacks or has otherwise, one sentence each; empty when it is up to date. Reads only. */
  differences(servers: DatabaseServers): Promise<string[]>;
}

async function withMongo<T>(servers: DatabaseServers, work: (client: MongoClient) => Promise<T>): Promise<T> {
  const client = new MongoClient(servers.mongodb, { appName: 'postbook-migrate', serverSelectionTimeoutMS: 10_000 });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

const mongoDomain = (definition: DatabaseDefinition<never>): DomainDatabase => ({
  name: definition.name,
  migrate: (servers) =>
    withMongo(servers, async (client) => void (await migrateMongoDatabase(client.db(definition.name), definition))),
  differences: (servers) =>
    withMongo(servers, async (client) => {
      const { collections, pendingMigrations } = await statusOf(client.db(definition.name), definition);
      return [
        ...pendingMigrations.map((id) => `migration ${id} has not run`),
        ...collections.flatMap(({ name, exists, hasValidatorDrift, missingIndexes, changedIndexes }) => [
          ...(exists ? [] : [`collection ${name} is missing`]),
          ...(exists && hasValidatorDrift ? [`the validator of ${name} is another one`] : []),
          ...missingIndexes.map((index) => `index ${name}.${index} is missing`),
          ...changedIndexes.map((index) => `index ${name}.${index} is another one`),
        ]),
      ];
    }),
});

const authDomain: DomainDatabase = {
  name: AUTH_DATABASE,
  migrate: async ({ postgres }) => void (await migrateAuthDatabase({ url: postgres })),
  async differences({ postgres }) {
    const folder = join(import.meta.dirname, 'auth', 'migrations');
    const missing = await missingMigrations({ url: postgres, database: AUTH_DATABASE, folder });
    return missing.map((name) => `migration ${name} has not run`);
  },
};

/** Every database of the graph: the one line to add or to delete with a domain. */
export const domainDatabases: readonly DomainDatabase[] = [
  authDomain,
  mongoDomain(profilesDatabase),
  mongoDomain(postsDatabase),
  mongoDomain(chatsDatabase),
  mongoDomain(notificationsDatabase),
  mongoDomain(mediaDatabase),
];
