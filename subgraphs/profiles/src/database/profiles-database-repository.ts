import { migrateMongoDatabase, profilesDatabase } from '@postbook/db/profiles';
import { type Component, createMongoClient, type Logger } from '@postbook/service-kit';
import type { Db, MongoClient } from 'mongodb';
import type { ProfilesConfig } from '../config.ts';

/** The connection to MongoDB and the database of profiles. */
export interface ProfilesDatabase extends Component {
  readonly client: MongoClient;
  readonly db: Db;
}

/** Connects at the start and brings the database to its definition. */
export function createProfilesDatabase({ mongodb }: ProfilesConfig, log: Logger): ProfilesDatabase {
  const client = createMongoClient(mongodb.url, { name: 'profiles', maxPoolSize: mongodb.poolSize });
  const db = client.db(mongodb.database);
  return {
    name: 'mongodb',
    client,
    db,
    async start() {
      await client.connect();
      await migrateMongoDatabase(db, profilesDatabase, { onChange: (change) => log.info(change) });
    },
    stop: () => client.close(),
    async check() {
      await db.command({ ping: 1 });
    },
  };
}
