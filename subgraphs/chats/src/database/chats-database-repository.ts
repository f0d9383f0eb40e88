import { chatsDatabase, migrateMongoDatabase } from '@postbook/db/chats';
import { createMongoDatabase, type Logger, type MongoDatabase } from '@postbook/service-kit';
import type { ChatsConfig } from '../config.ts';

/** The connection to MongoDB and the database of chats, brought to its definition at the start. */
export const createChatsDatabase = ({ mongo }: ChatsConfig, log: Logger): MongoDatabase =>
  createMongoDatabase({
    name: 'chats',
    config: mongo,
    migrate: (db) => migrateMongoDatabase(db, chatsDatabase, { onChange: (change) => log.info(change) }),
  });
