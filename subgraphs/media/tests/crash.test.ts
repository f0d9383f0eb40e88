import { request as httpRequest } from 'node:http';
import { eventually } from '@postbook/testkit';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalStorage } from '../src/storage/local-storage.ts';
import type { MediaStorage } from '../src/storage/storage.ts';
import { type Media, type Person, startMedia } from './support/media.ts';
import { put, read, remove, request, settled, upload } from './support/operations.ts';
import { plain } from './support/pictures.ts';
import { type ProcessInstance, startProcess } from './support/process.ts';

const LEASE_MS = 120_000;

describe('a process that is killed', () => {
  let media: Media;
  let ada: Person;
  let victim: ProcessInstance;
  beforeAll(async () => {
    media = await startMedia();
    [ada] = await media.people('ada');
    victim = await startProcess(media);
  });
  afterAll(async () => {
    await victim.kill();
    await media.stop();
  });

  it('in the middle of processing loses nothing: another one does it again once it is known to be dead', async () => {
    // Large enough to take a while.
    const content = await sharp({ create: { width: 7_000, height: 6_000, channels: 3, background: 'teal' } })
      .png()
      .toBuffer();
    const client = media.client(ada.id, victim);
    const { media: file, url } = await request(client, { sizeBytes: content.length });
    expect((await put(url, content)).status).toBe(201);
    await eventually(async () => (await read(ada.client, file.id))?.status === 'PROCESSING', { everyMs: 5 });
    await victim.kill();
    expect((await read(ada.client, file.id))?.status).toBe('PROCESSING');

    // It may still be at work, as far as anybody knows.
    await media.runJob('media-process');
    expect((await read(ada.client, file.id))?.status).toBe('PROCESSING');
    media.clock.advance(LEASE_MS + 1_000);
    await media.runJob('media-process');
    expect(await read(ada.client, file.id)).toMatchObject({ status: 'COMPLETED', width: 7_000, height: 6_000 });
    const blobs = (await media.blobs()).filter((path) => path.includes(file.id));
    expect(blobs).toHaveLength(4);
    expect(blobs.every((path) => path.startsWith('files/'))).toBe(true);
  });

  it('in the middle of an upload leaves no file, and the upload can be begun anew', async () => {
    const other = await startProcess(media);
    const content = await plain(1_500, 1_000);
    const { media: file, url } = await request(media.client(ada.id, other), { sizeBytes: content.length });
    const cut = new Promise((resolve) => {
      const outgoing = httpRequest(url, { method: 'PUT', headers: { 'content-length': content.length } });
      outgoing.once('error', resolve);
      outgoing.write(content.subarray(0, 50_000));
    });
    await eventually(async () => (await media.blobs()).some((path) => path.startsWith('.incomplete')));
    await other.kill();
    await cut;
    expect((await media.blobs()).filter((path) => path.includes(file.id))).toEqual([]);
    const here = await request(ada.client, { sizeBytes: content.length });
    expect((await put(url.replace(other.url, new URL(here.url).origin), content)).status).toBe(201);
    expect((await settled(ada.client, file.id)).status).toBe('COMPLETED');
  });
});

describe('a storage that fails', () => {
  let media: Media;
  let ada: Person;
  let failures = 0;
  /** What writes wait for. */
  let gate: PromiseWithResolvers<void> | undefined;
  beforeAll(async () => {
    media = await startMedia({ instances: 0 });
    const local = createLocalStorage(media.folder);
    const failing: MediaStorage = {
      ...local,
      async write(path, blob) {
        if (path.startsWith('files/')) await gate?.promise;
        if (path.startsWith('files/') && failures > 0) {
          failures -= 1;
          throw new Error('the disk is full');
        }
        await local.write(path, blob);
      },
    };
    await media.startWith({ storage: failing });
    [ada] = await media.people('ada');
  });
  afterAll(() => media.stop());

  it('is tried again later, and the file is ready then', async () => {
    failures = 1;
    const content = await plain();
    const { media: file, url } = await request(ada.client, { sizeBytes: content.length });
    await put(url, content);
    await eventually(async () => failures === 0 && (await read(ada.client, file.id))?.status === 'PENDING');
    await media.runJob('media-process');
    expect((await read(ada.client, file.id))?.status).toBe('PENDING');
    media.clock.advance(31_000);
    await media.runJob('media-process');
    expect((await read(ada.client, file.id))?.status).toBe('COMPLETED');
  });

  it('is given up after the third try, and says so', async () => {
    failures = 3;
    const content = await plain();
    const { media: file, url } = await request(ada.client, { sizeBytes: content.length });
    await put(url, content);
    await eventually(async () => failures === 2 && (await read(ada.client, file.id))?.status === 'PENDING');
    for (const _try of [2, 3]) {
      media.clock.advance(61_000);
      await media.runJob('media-process');
    }
    expect(await read(ada.client, file.id)).toMatchObject({ status: 'FAILED', problem: 'GIVEN_UP' });
    const failed = (await media.events()).filter(({ aggregateId }) => aggregateId === file.id);
    expect(failed.map(({ type, payload }) => [type, payload.reason])).toEqual([['MediaFailed', 'GIVEN_UP']]);
    // The next file is none the worse.
    expect((await upload(ada.client, content)).status).toBe('COMPLETED');
  });

  it('leaves nothing of a file that is deleted and swept while it is worked on', async () => {
    gate = Promise.withResolvers();
    const content = await plain();
    const { media: file, url } = await request(ada.client, { sizeBytes: content.length });
    await put(url, content);
    await eventually(async () => (await read(ada.client, file.id))?.status === 'PROCESSING');
    await remove(ada.client, file.id);
    await eventually(
      async () => (await media.db.collection('media_files').countDocuments({ userId: ada.id, isDeleted: true })) === 0,
    );
    gate.resolve();
    gate = undefined;
    // Files are worked on one after the other.
    await upload(ada.client, content);
    expect((await media.blobs()).filter((path) => path.includes(file.id))).toEqual([]);
    const told = (await media.events()).filter(({ aggregateId }) => aggregateId === file.id);
    expect(told.map(({ type }) => type)).toEqual(['MediaDeleted']);
  });
});
