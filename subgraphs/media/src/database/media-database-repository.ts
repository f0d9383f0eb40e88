import { mediaDatabase, migrateMongoDatabase } from '@postbook/db/media';
import { createMongoDatabase, type Logger, type MongoDatabase } from '@postbook/service-kit';
import type { MediaConfig } from '../config.ts';

/** The connection to MongoDB and the database of media, brought to its definition at the start. */
export const createMediaDatabase = ({ mongo }: MediaConfig, log: Logger): MongoDatabase =>
  createMongoDatabase({
    name: 'media',
    config: mongo,
    migrate: (db) => migrateMongoDatabase(db, mediaDatabase, { onChange: (change) => log.info(change) }),
  });
