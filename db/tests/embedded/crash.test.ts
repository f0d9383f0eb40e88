import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { resetEmbeddedStores } from '../../src/embedded/index.ts';
import { dataFolder, end, launch, lives, pidsOf, preparedFolder, read, start, urlsOf, write } from './support.ts';

// Each test starts all stores twice, on machines that may be busy with other tests.
vi.setConfig({ testTimeout: 120_000 });
const soon = { timeout: 40_000, interval: 50 };

test('a store that is killed comes back on its port with its data', async () => {
  const warnings: string[] = [];
  const dataDir = await preparedFolder();
  const stores = await start({
    dataDir,
    durable: true,
    supervise: true,
    onProgress: (event) => event.kind === 'warning' && warnings.push(event.message),
  });
  await write(urlsOf(stores), 'kept');
  const killed = pidsOf(stores);
  for (const pid of killed) process.kill(pid, 'SIGKILL');
  await vi.waitFor(() => {
    const now = pidsOf(stores);
    expect(now).toHaveLength(killed.length);
    expect(now.filter((pid) => killed.includes(pid))).toEqual([]);
  }, soon);
  const kept = ['kept'];
  await vi.waitFor(
    async () => expect(await read(urlsOf(stores))).toEqual({ postgres: kept, mongodb: kept, redis: kept }),
    soon,
  );
  expect(warnings.filter((text) => text.includes('SIGKILL'))).toHaveLength(killed.length);
});

test('Ctrl-C and SIGTERM stop the stores in order', async () => {
  const dataDir = await preparedFolder();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const launcher = await launch(dataDir, '--no-durable');
    await end(launcher, signal);
    expect(pidsOf(launcher.stores).filter(lives)).toEqual([]);
  }
  expect(readFileSync(path.join(dataDir, 'logs/postgres.log'), 'utf8')).not.toContain('not properly shut down');
});

test('when the parent goes, the stores go', async () => {
  const launcher = await launch(await preparedFolder(), '--no-durable');
  launcher.process.disconnect();
  await vi.waitFor(() => expect(pidsOf(launcher.stores).filter(lives)).toEqual([]), soon);
});

test('stores do not outlive a launcher that is killed, and their data is there at the next start', async () => {
  const dataDir = await preparedFolder();
  const first = await launch(dataDir);
  await write(urlsOf(first.stores), 'kept');
  await end(first, 'SIGKILL');
  await vi.waitFor(() => expect(pidsOf(first.stores).filter(lives)).toEqual([]), soon);
  const second = await launch(dataDir);
  expect(urlsOf(second.stores)).toEqual(urlsOf(first.stores));
  expect(await read(urlsOf(second.stores))).toEqual({ postgres: ['kept'], mongodb: ['kept'], redis: ['kept'] });
});

test('after everything was killed at once, guard included, nothing is lost', async () => {
  const dataDir = await preparedFolder();
  const first = await launch(dataDir);
  await write(urlsOf(first.stores), 'kept');
  for (const pid of [...childrenOf(first.process.pid ?? 0), first.process.pid ?? 0]) process.kill(pid, 'SIGKILL');
  const second = await launch(dataDir);
  expect(await read(urlsOf(second.stores))).toEqual({ postgres: ['kept'], mongodb: ['kept'], redis: ['kept'] });
});

test('stores left over because guard and launcher were killed are stopped at the next start', async () => {
  const dataDir = await preparedFolder();
  const first = await launch(dataDir);
  await write(urlsOf(first.stores), 'kept');
  const stores = pidsOf(first.stores);
  const guards = childrenOf(first.process.pid ?? 0).filter((pid) => !stores.includes(pid));
  for (const pid of [...guards, first.process.pid ?? 0]) process.kill(pid, 'SIGKILL');
  const second = await launch(dataDir);
  expect(stores.filter(lives)).toEqual([]);
  expect(second.progress).toContainEqual(
    expect.objectContaining({ kind: 'warning', message: expect.stringContaining('Left over from a launcher') }),
  );
  expect(await read(urlsOf(second.stores))).toEqual({ postgres: ['kept'], mongodb: ['kept'], redis: ['kept'] });
});

test('reset stops a launcher that runs and deletes its data', async () => {
  const dataDir = await dataFolder();
  const launcher = await launch(dataDir, '--no-durable');
  await resetEmbeddedStores({ dataDir });
  expect(pidsOf(launcher.stores).filter(lives)).toEqual([]);
});

function childrenOf(pid: number): number[] {
  const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return list === '' ? [] : list.split(' ').map(Number);
}
