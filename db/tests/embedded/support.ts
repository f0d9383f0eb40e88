import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import postgres from 'postgres';
import { onTestFinished } from 'vitest';
import {
  type EmbeddedStores,
  type EmbeddedStoresOptions,
  resetEmbeddedStores,
  startEmbeddedStores,
} from '../../src/embedded/index.ts';
import type { StoreSummary, StoresMessage } from '../../src/embedded/main.ts';
import { useClusterTemplate } from './cluster-template.ts';

const MAIN = fileURLToPath(new URL('../../src/embedded/main.ts', import.meta.url));

/** A data folder that is emptied, with whatever runs in it stopped, when the test ends. Readable by all. */
export async function dataFolder(name = 'data'): Promise<string> {
  const parent = await mkdtemp(path.join(os.tmpdir(), 'postbook-embedded-'));
  await chmod(parent, 0o755);
  const dataDir = path.join(parent, name);
  onTestFinished(async () => {
    await resetEmbeddedStores({ dataDir });
    await resetEmbeddedStores({ dataDir: parent });
  });
  return dataDir;
}

/** A data folder with clusters that were made before, for tests that are not about the first start. */
export async function preparedFolder(): Promise<string> {
  const dataDir = await dataFolder();
  await useClusterTemplate(dataDir);
  return dataDir;
}

/** Starts stores for one test; DocumentDB so that no machine tries to download MongoDB. */
export async function start(options: Partial<EmbeddedStoresOptions> & { dataDir: string }): Promise<EmbeddedStores> {
  const stores = await startEmbeddedStores({
    durable: false,
    urls: {},
    ...options,
    config: { mongoEngine: 'documentdb', ...options.config },
  });
  onTestFinished(() => stores.stop());
  return stores;
}

/** Given URLs that are never connected to: only the stores left out are started. */
export const GIVEN = { postgres: 'postgres://given', mongodb: 'mongodb://given', redis: 'redis://given' } as const;

/** Writes one value into each of the three stores. */
export async function write(urls: Urls, value: string): Promise<void> {
  await withClients(urls, async ({ sql, items, redis }) => {
    await sql`create table if not exists kept (value text)`;
    await sql`insert into kept values (${value})`;
    await items.insertOne({ value });
    await redis.rpush('kept', value);
  });
}

/** Reads them back, in the order in which they were written. */
export async function read(urls: Urls): Promise<Record<'postgres' | 'mongodb' | 'redis', string[]>> {
  return withClients(urls, async ({ sql, items, redis }) => ({
    postgres: (await sql<{ value: string }[]>`select value from kept order by value`).map((row) => row.value),
    mongodb: (await items.find().sort({ value: 1 }).toArray()).map((item) => item.value),
    redis: await redis.lrange('kept', 0, -1),
  }));
}

export type Urls = Record<'postgres' | 'mongodb' | 'redis', string>;

export function urlsOf(stores: Record<keyof Urls, { url: string }>): Urls {
  return { postgres: stores.postgres.url, mongodb: stores.mongodb.url, redis: stores.redis.url };
}

type Clients = ReturnType<typeof connect>;

async function withClients<T>(urls: Urls, work: (clients: Clients) => Promise<T>): Promise<T> {
  const clients = connect(urls);
  try {
    return await work(clients);
  } finally {
    await Promise.all([clients.sql.end(), clients.mongo.close(), clients.redis.quit()]);
  }
}

function connect(urls: Urls) {
  const mongo = new MongoClient(urls.mongodb);
  return {
    sql: postgres(urls.postgres, { max: 1, onnotice: () => undefined }),
    mongo,
    items: mongo.db('kept').collection<{ value: string }>('items'),
    redis: new Redis(urls.redis),
  };
}

/** The stores run by a process of their own, as `npm start` does it. */
export interface Launcher {
  readonly process: ChildProcess;
  readonly stores: Record<'postgres' | 'mongodb' | 'redis', StoreSummary>;
  readonly progress: StoresMessage[];
}

export async function launch(dataDir: string, ...args: string[]): Promise<Launcher> {
  const child = fork(MAIN, ['--data', dataDir, ...args], {
    env: { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin', POSTBOOK_MONGO_ENGINE: 'documentdb' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const progress: StoresMessage[] = [];
  return new Promise((resolve, reject) => {
    child.on('message', (message: StoresMessage) => {
      progress.push(message);
      if (message.type === 'ready') resolve({ process: child, stores: message.stores, progress });
      if (message.type === 'failed') reject(new Error(message.message));
    });
    child.once('exit', (code) => reject(new Error(`launcher ended with ${code}`)));
  });
}

/** Signals a launcher and waits for its end. */
export async function end(launcher: Launcher, signal: NodeJS.Signals): Promise<void> {
  const exited = once(launcher.process, 'exit');
  launcher.process.kill(signal);
  await exited;
}

export function pidsOf(stores: Record<keyof Urls, { pids: number[] }>): number[] {
  return [...stores.postgres.pids, ...stores.mongodb.pids, ...stores.redis.pids];
}

/** Whether a process lives; a zombie does not. */
export function lives(pid: number): boolean {
  return existsSync(`/proc/${pid}/exe`);
}
