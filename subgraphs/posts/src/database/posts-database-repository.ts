import { migrateMongoDatabase, postsDatabase } from '@postbook/db/posts';
import { createMongoDatabase, type Logger, type MongoDatabase } from '@postbook/service-kit';
import type { PostsConfig } from '../config.ts';

/** The connection to MongoDB and the database of posts, brought to its definition at the start. */
export const createPostsDatabase = ({ mongo }: PostsConfig, log: Logger): MongoDatabase =>
  createMongoDatabase({
    name: 'posts',
    config: mongo,
    migrate: (db) => migrateMongoDatabase(db, postsDatabase, { onChange: (change) => log.info(change) }),
  });
