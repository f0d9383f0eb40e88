import { dropMongoDatabase, dropPostgresDatabase, testStores, uniqueName } from '@postbook/testkit';
import { drizzle } from 'drizzle-orm/postgres-js';
import type { Db } from 'mongodb';
import postgres from 'postgres';
import {
  createMongoClient,
  createMongoInboxRepository,
  createMongoOutboxRepository,
  createMongoTransactor,
  createPostgresInboxRepository,
  createPostgresOutboxRepository,
  createPostgresTransactor,
  type Inbox,
  type InboxRepository,
  MONGO_INBOX_INDEXES,
  MONGO_OUTBOX_INDEXES,
  type Outbox,
  type OutboxRepository,
  POSTGRES_INBOX_DDL,
  POSTGRES_OUTBOX_DDL,
  type Transaction,
  type Transactor,
} from '../../src/index.ts';

/** A store with an outbox, an inbox and one number to change, alike for both kinds of stores. */
export interface StoreHarness {
  readonly outbox: Outbox<Transaction> & OutboxRepository;
  readonly inbox: Inbox<Transaction> & InboxRepository;
  readonly transactor: Transactor<Transaction>;
  /** Adds to the number within the transaction. */
  add(tx: Transaction, amount: number): Promise<void>;
  total(): Promise<number>;
  /** Makes everything in outbox and inbox older. */
  age(milliseconds: number): Promise<void>;
  clear(): Promise<void>;
  stop(): Promise<void>;
}

/** The store's own transaction type is hidden, as the suites only pass transactions on. */
const hide = <Tx extends Transaction>(parts: {
  outbox: Outbox<Tx> & OutboxRepository;
  inbox: Inbox<Tx> & InboxRepository;
  transactor: Transactor<Tx>;
}) => parts as unknown as Pick<StoreHarness, 'outbox' | 'inbox' | 'transactor'>;

/** A database in the run's MongoDB. */
export async function startMongoHarness(): Promise<StoreHarness & { db: Db }> {
  const name = uniqueName('kit');
  const client = createMongoClient(testStores().mongodbUrl, { name });
  const db = client.db(name);
  for (const [collection, indexes] of Object.entries({ ...MONGO_OUTBOX_INDEXES, ...MONGO_INBOX_INDEXES })) {
    await db.createCollection(collection);
    await db
      .collection(collection)
      .createIndexes(indexes.map(({ name: index, key }) => ({ name: index, key: { ...key } })));
  }
  await db.createCollection('outbox_relay');
  const totals = db.collection<{ _id: string; value: number }>('totals');
  await totals.insertOne({ _id: 'total', value: 0 });
  const parts = {
    outbox: createMongoOutboxRepository(db),
    inbox: createMongoInboxRepository(db),
    transactor: createMongoTransactor(client),
  };
  return {
    ...hide(parts),
    db,
    async add(tx, amount) {
      const { session } = tx as Parameters<typeof parts.outbox.append>[0];
      await totals.updateOne({ _id: 'total' }, { $inc: { value: amount } }, { session });
    },
    total: async () => (await totals.findOne({ _id: 'total' }))?.value ?? 0,
    async age(milliseconds) {
      const before = new Date(Date.now() - milliseconds);
      await db.collection('outbox').updateMany({}, { $set: { appendedAt: before } });
      await db.collection('inbox').updateMany({}, { $set: { receivedAt: before } });
    },
    async clear() {
      for (const collection of ['outbox', 'outbox_relay', 'inbox']) await db.collection(collection).deleteMany({});
      await totals.updateOne({ _id: 'total' }, { $set: { value: 0 } });
    },
    async stop() {
      await client.close();
      await dropMongoDatabase(name);
    },
  };
}

/** A database in the run's PostgreSQL. */
export async function startPostgresHarness(): Promise<StoreHarness> {
  const name = uniqueName('kit');
  const { postgresUrl } = testStores();
  const admin = postgres(postgresUrl, { max: 1, onnotice: () => undefined });
  await admin.unsafe(`create database "${name}"`);
  await admin.end();
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  const client = postgres(url.href, { max: 8, onnotice: () => undefined });
  await client.unsafe(
    `${POSTGRES_OUTBOX_DDL} ${POSTGRES_INBOX_DDL} create table totals (value int not null); insert into totals values (0)`,
  );
  const db = drizzle({ client });
  const parts = {
    outbox: createPostgresOutboxRepository(db),
    inbox: createPostgresInboxRepository(db),
    transactor: createPostgresTransactor(db),
  };
  return {
    ...(parts as unknown as Pick<StoreHarness, 'outbox' | 'inbox' | 'transactor'>),
    async add(tx, amount) {
      await (tx as unknown as typeof db).execute(`update totals set value = value + ${Number(amount)}`);
    },
    total: async () => Number((await client`select value from totals`)[0]?.value),
    async age(milliseconds) {
      const before = new Date(Date.now() - milliseconds);
      await client`update outbox set appended_at = ${before.toISOString()}`;
      await client`update inbox set received_at = ${before.toISOString()}`;
    },
    async clear() {
      await client.unsafe('truncate outbox, outbox_relay, inbox; update totals set value = 0');
    },
    async stop() {
      await client.end();
      await dropPostgresDatabase(name);
    },
  };
}
