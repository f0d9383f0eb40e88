import type { Db, MongoClient } from 'mongodb';
import type { Component } from '../lifecycle/component.ts';
import { createMongoClient } from './create-mongo-client.ts';
import type { MongoConfig } from './mongo-config.ts';

/** A service's connection to MongoDB and its database. */
export interface MongoDatabase extends Component {
  readonly client: MongoClient;
  readonly db: Db;
}

/** Options of {@link createMongoDatabase}. */
export interface MongoDatabaseOptions {
  /** The service's name, for the server's logs. */
  readonly name: string;
  readonly config: MongoConfig;
  /** Brings the database to its definition; run once it is connected, before anything uses it. */
  migrate(db: Db): Promise<unknown>;
}

/** Connects at the start and brings the database to its definition. */
export function createMongoDatabase({ name, config, migrate }: MongoDatabaseOptions): MongoDatabase {
  const client = createMongoClient(config.url, { name, maxPoolSize: config.poolSize });
  const db = client.db(config.database);
  return {
    name: 'mongodb',
    client,
    db,
    async start() {
      await client.connect();
      await migrate(db);
    },
    stop: () => client.close(),
    async check() {
      await db.command({ ping: 1 });
    },
  };
}
