import { randomBytes } from 'node:crypto';
import { MongoClient } from 'mongodb';
import postgres from 'postgres';

/** The variables that name the stores, as everywhere in PostBook. */
export const STORE_VARIABLES = { postgres: 'POSTGRES_URL', mongodb: 'MONGODB_URL', redis: 'REDIS_URL' } as const;

/** URLs of the stores that the environment names. */
export const configuredStores = () => ({
  postgres: process.env[STORE_VARIABLES.postgres],
  mongodb: process.env[STORE_VARIABLES.mongodb],
  redis: process.env[STORE_VARIABLES.redis],
});

/** URLs of the run's stores. @throws Error when the run has no stores: the package's vitest config must ask for them. */
export function testStores(): { postgresUrl: string; mongodbUrl: string; redisUrl: string } {
  const { postgres: postgresUrl, mongodb: mongodbUrl, redis: redisUrl } = configuredStores();
  if (postgresUrl && mongodbUrl && redisUrl) return { postgresUrl, mongodbUrl, redisUrl };
  throw new Error('This test needs stores: use vitestConfig({ stores: true }) in vitest.config.ts.');
}

/** A name nobody else uses: for a database or a Redis namespace of one test file. Letters, digits and underscore. */
export const uniqueName = (label: string): string => `${label}_${randomBytes(6).toString('hex')}`;

/** Drops a PostgreSQL database of a test, connections included. */
export async function dropPostgresDatabase(name: string): Promise<void> {
  const sql = postgres(testStores().postgresUrl, { max: 1, onnotice: () => undefined });
  try {
    await sql.unsafe(`drop database if exists "${name.replaceAll('"', '""')}" with (force)`);
  } finally {
    await sql.end();
  }
}

/** Drops a MongoDB database of a test. */
export async function dropMongoDatabase(name: string): Promise<void> {
  const client = new MongoClient(testStores().mongodbUrl);
  try {
    await client.db(name).dropDatabase();
  } finally {
    await client.close();
  }
}
