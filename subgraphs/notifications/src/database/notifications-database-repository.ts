import { migrateMongoDatabase, notificationsDatabase } from '@postbook/db/notifications';
import { createMongoDatabase, type Logger, type MongoDatabase } from '@postbook/service-kit';
import type { NotificationsConfig } from '../config.ts';

/** The connection to MongoDB and the database of notifications, brought to its definition at the start. */
export const createNotificationsDatabase = ({ mongo }: NotificationsConfig, log: Logger): MongoDatabase =>
  createMongoDatabase({
    name: 'notifications',
    config: mongo,
    migrate: (db) => migrateMongoDatabase(db, notificationsDatabase, { onChange: (change) => log.info(change) }),
  });
