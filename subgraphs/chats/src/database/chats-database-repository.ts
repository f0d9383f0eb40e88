import { migrateChatsDatabase } from '@postbook/db/chats';
import { type Component, createMongoClient, type Logger } from '@postbook/service-kit';
import type { Db, MongoClient } from 'mongodb';
import type { ChatsConfig } from '../config.ts';

/** The connection to MongoDB and the database of chats. */
export interface ChatsDatabase extends Component {
  readonly client: MongoClient;
  readonly db: Db;
}

/** Connects at the start and brings the database to its definition. */
export function createChatsDatabase({ mongo }: ChatsConfig, log: Logger): ChatsDatabase {
  const client = createMongoClient(mongo.url, { name: 'chats', maxPoolSize: mongo.poolSize });
  const db = client.db(mongo.database);
  return {
    name: 'mongodb',
    client,
    db,
    async start() {
      await client.connect();
      for (const change of await migrateChatsDatabase(db)) log.info(change);
    },
    stop: () => client.close(),
    async check() {
      await db.command({ ping: 1 });
    },
  };
}
