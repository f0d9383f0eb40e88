import { existsSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { EmbeddedStoreError, resetEmbeddedStores } from '../../src/embedded/index.ts';
import { recordedStoreRoot } from '../../src/embedded/placement.ts';
import { dataFolder, GIVEN, lives, pidsOf, preparedFolder, read, start, urlsOf, write } from './support.ts';

// Each test starts all stores twice, on machines that may be busy with other tests.
vi.setConfig({ testTimeout: 120_000 });

test('data and ports are kept over stop and start, durable or not', async () => {
  const dataDir = await dataFolder('a folder with spaces');
  const first = await start({ dataDir, durable: true });
  const [urls, pids] = [urlsOf(first), pidsOf(first)];
  await write(urls, 'one');
  await Promise.all([first.stop(), first.stop()]);
  expect(pids.filter(lives)).toEqual([]);
  const second = await start({ dataDir, durable: true });
  expect(urlsOf(second)).toEqual(urls);
  expect(await read(urls)).toEqual({ postgres: ['one'], mongodb: ['one'], redis: ['one'] });
});

test('two data folders run side by side', async () => {
  const [one, two] = await Promise.all(
    [preparedFolder(), preparedFolder()].map(async (dataDir) => start({ dataDir: await dataDir })),
  );
  const urls = [one, two].map((stores) => urlsOf(stores as NonNullable<typeof one>));
  expect(new Set(urls.flatMap((url) => Object.values(url))).size).toBe(6);
  for (const [index, url] of urls.entries()) await write(url, `store ${index}`);
  for (const [index, url] of urls.entries()) expect((await read(url)).mongodb).toEqual([`store ${index}`]);
});

test('one data folder is run by one launcher only', async () => {
  const dataDir = await dataFolder();
  await start({ dataDir, urls: GIVEN });
  await expect(start({ dataDir, urls: GIVEN })).rejects.toThrow(EmbeddedStoreError);
});

test('a port that is taken is not used again, and a wish for it is an error', async () => {
  const [dataDir, otherDir] = [await dataFolder(), await dataFolder()];
  const onlyRedis = { ...GIVEN, redis: undefined };
  const first = await start({ dataDir, urls: onlyRedis });
  const port = Number(new URL(first.redis.url).port);
  const wish = start({ dataDir: otherDir, urls: onlyRedis, ports: { redis: port } });
  await expect(wish).rejects.toThrow(`Port ${port} for redis is in use`);
  await first.stop();
  const wished = await start({ dataDir: otherDir, urls: onlyRedis, ports: { redis: port } });
  const second = await start({ dataDir, urls: onlyRedis });
  expect(new URL(wished.redis.url).port).toBe(String(port));
  expect(second.redis.url).not.toBe(first.redis.url);
});

test('a folder that servers cannot reach is no obstacle, and reset finds the data', async () => {
  const dataDir = await dataFolder();
  await mkdir(dataDir, { recursive: true });
  await chmod(path.dirname(dataDir), 0o700);
  const first = await start({ dataDir, durable: true });
  await write(urlsOf(first), 'hidden');
  await first.stop();
  const second = await start({ dataDir, durable: true });
  expect((await read(urlsOf(second))).postgres).toEqual(['hidden']);
  await second.stop();
  const root = recordedStoreRoot(dataDir);
  const { removed } = await resetEmbeddedStores({ dataDir });
  expect(removed).toContain(root);
  expect([root ?? '', dataDir].filter(existsSync)).toEqual([]);
  // Only root has to put data elsewhere: its servers run as nobody.
  expect(root === dataDir).toBe(process.getuid?.() !== 0);
});

test('reset of a folder that never was does nothing', async () => {
  expect(await resetEmbeddedStores({ dataDir: '/nonexistent/postbook' })).toEqual({ removed: [] });
});
