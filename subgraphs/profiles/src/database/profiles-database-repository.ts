import { migrateMongoDatabase, profilesDatabase } from '@postbook/db/profiles';
import { createMongoDatabase, type Logger, type MongoDatabase } from '@postbook/service-kit';
import type { ProfilesConfig } from '../config.ts';

/** The connection to MongoDB and the database of profiles, brought to its definition at the start. */
export const createProfilesDatabase = ({ mongo }: ProfilesConfig, log: Logger): MongoDatabase =>
  createMongoDatabase({
    name: 'profiles',
    config: mongo,
    migrate: (db) => migrateMongoDatabase(db, profilesDatabase, { onChange: (change) => log.info(change) }),
  });
