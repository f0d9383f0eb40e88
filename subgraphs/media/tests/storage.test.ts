import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalStorage } from '../src/storage/local-storage.ts';
import { createS3Storage } from '../src/storage/s3-storage.ts';
import { readAll } from '../src/storage/storage.ts';
import { storageContract } from './storage-contract.ts';
import { type Bucket, startBucket } from './support/bucket.ts';
import { isSignedFor } from './support/presigned.ts';

storageContract('of a local disk', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'postbook-storage-'));
  return { storage: createLocalStorage(folder), stop: () => rm(folder, { recursive: true, force: true }) };
});

storageContract('of a bucket', async () => {
  const bucket = await startBucket();
  return { storage: createS3Storage(bucket.config), stop: () => bucket.stop() };
});

describe('a local disk', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postbook-storage-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(['../outside', '/etc/passwd', 'files/../../outside', 'files/a\0b', '', 'files//a', '.incomplete/a'])(
    'writes and reads nothing outside its folder: %j',
    async (path) => {
      const storage = createLocalStorage(folder);
      await storage.start();
      await expect(storage.write(path, { contentType: 'a', sizeBytes: 1, body: [Buffer.from('x')] })).rejects.toThrow(
        'not a path',
      );
      await expect(storage.read(path)).rejects.toThrow('not a path');
      expect(() => storage.removeAll(path)).toThrow('not a path');
    },
  );

  it('removes at its start what processes left that died long ago, and nothing that is being written', async () => {
    const storage = createLocalStorage(folder);
    await storage.start();
    const incomplete = join(folder, '.incomplete');
    const old = join(incomplete, 'old');
    await writeFile(old, 'x');
    await writeFile(join(incomplete, 'new'), 'x');
    await utimes(old, new Date(0), new Date(0));
    await storage.start();
    expect(await readdir(incomplete)).toEqual(['new']);
  });

  it('has no door of its own', async () => {
    expect(await createLocalStorage(folder).uploadUrl('incoming/a/b', 1, 60)).toBeUndefined();
  });
});

describe('the door of a bucket', () => {
  let bucket: Bucket;
  beforeAll(async () => {
    bucket = await startBucket();
  });
  afterAll(() => bucket.stop());

  it('takes content without the service', async () => {
    const storage = createS3Storage(bucket.config);
    const content = Buffer.from('twelve bytes');
    const url = (await storage.uploadUrl('incoming/a/upload', content.length, 60)) ?? '';
    expect((await fetch(url, { method: 'PUT', body: content })).status).toBe(200);
    expect((await readAll(storage, 'incoming/a/upload'))?.toString()).toBe('twelve bytes');
  });

  it('is open for exactly what was announced, at the one place and for the time', async () => {
    const url = (await createS3Storage(bucket.config).uploadUrl('incoming/a/upload', 12, 60)) ?? '';
    const isOpen = (change: { url?: string; method?: string; length?: string } = {}) =>
      isSignedFor(
        change.url ?? url,
        change.method ?? 'PUT',
        { 'content-length': change.length ?? '12' },
        bucket.config,
      );
    expect(new URL(url).searchParams.get('X-Amz-Expires')).toBe('60');
    expect(isOpen()).toBe(true);
    expect(isOpen({ length: '13' })).toBe(false);
    expect(isOpen({ length: '11' })).toBe(false);
    expect(isOpen({ method: 'GET' })).toBe(false);
    expect(isOpen({ url: url.replace('incoming/a', 'incoming/b') })).toBe(false);
    expect(isOpen({ url: url.replace('X-Amz-Expires=60', 'X-Amz-Expires=6000') })).toBe(false);
  });

  it('is not there when the bucket is not', async () => {
    const storage = createS3Storage({ ...bucket.config, bucket: 'another' });
    await expect(storage.start()).rejects.toThrow();
  });
});
