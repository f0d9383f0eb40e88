import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readEmbeddedConfig } from '../../src/embedded/config.ts';
import { EmbeddedStoreError, type ProgressEvent } from '../../src/embedded/index.ts';
import { dataFolder, GIVEN, start } from './support.ts';

async function anEmptyFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'postbook-empty-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('a store whose URL is given is not started, and the handle says why', async () => {
  const stores = await start({ dataDir: await dataFolder(), urls: GIVEN });
  expect(stores.postgres).toMatchObject({ url: GIVEN.postgres, external: true, pids: [] });
  expect(stores.mongodb).toMatchObject({ url: GIVEN.mongodb, external: true, pids: [] });
  expect(stores.redis.why).toBe('REDIS_URL is set: nothing is started');
});

test('without URLs every store is embedded and says which engine and why', { timeout: 60_000 }, async () => {
  const events: ProgressEvent[] = [];
  const stores = await start({ dataDir: await dataFolder(), onProgress: (event) => events.push(event) });
  expect(stores.postgres.engine).toMatch(/^PostgreSQL 18\.\d+ \(embedded\)$/);
  expect(stores.mongodb.engine).toMatch(/^DocumentDB .+ on PostgreSQL 18/);
  expect(stores.redis.engine).toMatch(/^(Redis|Valkey) \d+\.\S+ \(embedded\)$/);
  expect(stores.mongodb.why).toBe('POSTBOOK_MONGO_ENGINE asks for DocumentDB');
  const finished = events.filter((event) => event.kind === 'done').map((event) => event.message);
  expect(finished).toEqual(expect.arrayContaining(['Starting postgres', 'Starting mongodb', 'Starting redis']));
  expect(events.every((event) => event.kind !== 'done' || typeof event.elapsedMs === 'number')).toBe(true);
});

test('when Redis cannot be had, the error names the remedy and the variable', async () => {
  const path = await anEmptyFolder();
  const starting = start({ dataDir: await dataFolder(), urls: { ...GIVEN, redis: undefined }, config: { path } });
  const error = await starting.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(EmbeddedStoreError);
  expect(error).toMatchObject({ store: 'redis', message: expect.stringContaining('set REDIS_URL to a server') });
});

test('when DocumentDB cannot be had, the error names the remedy and the variable', async () => {
  const path = await anEmptyFolder();
  const starting = start({ dataDir: await dataFolder(), urls: { ...GIVEN, mongodb: undefined }, config: { path } });
  await expect(starting).rejects.toThrow(/DocumentDB cannot be fetched: apt-get and dpkg-deb.*\n.*set MONGODB_URL/);
});

test('a wish for mongod that cannot be fulfilled fails instead of being ignored', async () => {
  const folder = await anEmptyFolder();
  const config = { mongoEngine: 'mongod', path: folder, cacheDir: folder } as const;
  const starting = start({ dataDir: await dataFolder(), urls: { ...GIVEN, mongodb: undefined }, config });
  await expect(starting).rejects.toThrow(/asks for mongod, but: .+\n.*set MONGODB_URL/);
});

test('what was started is stopped again when a sibling fails', async () => {
  const path = await anEmptyFolder();
  const dataDir = await dataFolder();
  const urls = { ...GIVEN, postgres: undefined, redis: undefined };
  await expect(start({ dataDir, urls, config: { path } })).rejects.toThrow('REDIS_URL');
  // The folder is free again and what was created in it is usable.
  const stores = await start({ dataDir, urls: { ...GIVEN, postgres: undefined } });
  expect(stores.postgres.pids).toHaveLength(1);
});

test('a wrong POSTBOOK_MONGO_ENGINE is named', () => {
  expect(() => readEmbeddedConfig({ POSTBOOK_MONGO_ENGINE: 'mongo' })).toThrow(/POSTBOOK_MONGO_ENGINE/);
});

test('blank variables count as not set', () => {
  const config = readEmbeddedConfig({ POSTGRES_URL: ' ', POSTBOOK_MONGO_ENGINE: '', POSTBOOK_CACHE_DIR: '/c' });
  expect(config).toMatchObject({ mongoEngine: 'auto', cacheDir: '/c', urls: { postgres: undefined } });
});
