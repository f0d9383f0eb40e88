import { eventually } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MediaFile } from '../src/media/media.ts';
import { createContentProcessor } from '../src/processing/content-processor.ts';
import { UnfitContentError } from '../src/processing/processed-content.ts';
import { createS3Storage } from '../src/storage/s3-storage.ts';
import { incomingPath, type MediaStorage, servedFolder } from '../src/storage/storage.ts';
import { type Bucket, startBucket } from './support/bucket.ts';
import { film } from './support/isobmff.ts';
import { type Media, type Person, startMedia } from './support/media.ts';
import {
  MEDIA_FIELDS,
  type MediaData,
  put,
  read,
  remove,
  request,
  settled,
  type UserError,
} from './support/operations.ts';
import { photo, plain } from './support/pictures.ts';

let bucket: Bucket;
let storage: MediaStorage;
let media: Media;
let ada: Person;
beforeAll(async () => {
  bucket = await startBucket();
  const { endpoint, bucket: name, accessKeyId, secretAccessKey } = bucket.config;
  media = await startMedia({
    environment: {
      S3_ENDPOINT: endpoint,
      S3_BUCKET: name,
      S3_ACCESS_KEY_ID: accessKeyId,
      S3_SECRET_ACCESS_KEY: secretAccessKey,
    },
  });
  storage = createS3Storage(bucket.config);
  [ada] = await media.people('ada');
});
afterAll(async () => {
  await media.stop();
  await bucket.stop();
});

const complete = async (mediaId: string) => {
  const { completeUpload } = await ada.client.data<{
    completeUpload: { media: MediaData | null; errors: UserError[] };
  }>(
    `mutation ($id: ID!) { completeUpload(input: { mediaId: $id }) { media { ${MEDIA_FIELDS} } errors { code path } } }`,
    { id: mediaId },
  );
  return completeUpload;
};

/** Brings content to the bucket and says so. */
async function bring(content: Buffer, input: Record<string, unknown> = {}) {
  const { media: file, url } = await request(ada.client, { sizeBytes: content.length, ...input });
  expect(new URL(url).origin).toBe(bucket.config.endpoint);
  expect((await put(url, content)).status).toBe(200);
  return { id: file.id, url, ...(await complete(file.id)) };
}

describe('a file in a bucket', () => {
  it('comes by the bucket’s own door and is served by this service, whole and in parts', async () => {
    const { id, errors } = await bring(await photo());
    expect(errors).toEqual([]);
    const file = await settled(ada.client, id);
    expect(file).toMatchObject({ status: 'COMPLETED', width: 800, height: 1_200 });
    for (const url of [file.thumbnail, file.small, file.url, file.original]) {
      const response = await fetch(url ?? '');
      expect(response.status).toBe(200);
      expect((await response.arrayBuffer()).byteLength).toBe(Number(response.headers.get('content-length')));
    }
    const part = await fetch(file.url ?? '', { headers: { range: 'bytes=10-19' } });
    expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 10]);
    expect(await storage.sizeOf(incomingPath(id, 'upload'))).toBeUndefined();
  });

  it('is not processed before it is said to be there, nor when nothing came', async () => {
    const { media: file } = await request(ada.client, { sizeBytes: 100 });
    expect(await complete(file.id)).toEqual({
      media: null,
      errors: [{ code: 'NOT_FOUND', path: ['input', 'mediaId'] }],
    });
    expect((await read(ada.client, file.id))?.status).toBe('PENDING');
  });

  it.each<[string, () => Buffer, number, string?]>([
    ['is a page', () => Buffer.from('<html><script>alert(1)</script>'), 31],
    ['is a film that would be public', () => film(), film().length, 'PROFILE'],
    ['is larger than announced', () => Buffer.concat([film(), Buffer.alloc(10)]), film().length],
    [
      'is a picture as large as only films may be',
      () => Buffer.concat([Buffer.from('GIF89a'), Buffer.alloc(11_000_000)]),
      11_000_006,
    ],
  ])('is refused and removed when it %s', async (_what, make, sizeBytes, category = 'POST') => {
    const mimeType = category === 'POST' ? 'video/mp4' : 'image/png';
    const { media: file, url } = await request(ada.client, { sizeBytes, category, mimeType });
    expect((await put(url, make())).status).toBe(200);
    const { errors } = await complete(file.id);
    expect(errors).toEqual([{ code: 'INVALID_FORMAT', path: ['input', 'mediaId'] }]);
    expect(await storage.sizeOf(incomingPath(file.id, 'upload'))).toBeUndefined();
    expect((await read(ada.client, file.id))?.status).toBe('PENDING');
  });

  it.each<[string, Partial<MediaFile>, Buffer]>([
    ['a film', { kind: 'Video', mimeType: 'video/mp4' }, Buffer.from('<html><script>alert(1)</script>')],
    ['a song, by a film', { kind: 'Audio', mimeType: 'audio/mp4' }, film()],
    ['a recording', { kind: 'Audio', mimeType: 'audio/mpeg' }, Buffer.from('<html><script>alert(1)</script>')],
    ['a picture', { kind: 'Image', mimeType: 'image/png' }, Buffer.from('<svg onload="alert(1)"/>')],
  ])(
    'that its owner replaced after it was looked at is refused when it is processed: %s',
    async (_what, looked, content) => {
      // The door stays open for as long as its URL is good.
      const { media: pending } = await request(ada.client, { sizeBytes: content.length });
      const storagePath = incomingPath(pending.id, 'upload');
      await storage.write(storagePath, { contentType: 'image/png', sizeBytes: content.length, body: [content] });
      const file = { ...looked, id: pending.id, storagePath, sizeBytes: content.length } as MediaFile;
      await expect(createContentProcessor(storage).process(file)).rejects.toThrow(UnfitContentError);
    },
  );

  it('goes with its objects when it is deleted', async () => {
    const { id } = await bring(await plain());
    await settled(ada.client, id);
    expect(await storage.sizeOf(`${servedFolder(id)}/large.webp`)).toBeGreaterThan(0);
    await remove(ada.client, id);
    await media.runJob('media-sweep');
    await eventually(async () => (await storage.sizeOf(`${servedFolder(id)}/large.webp`)) === undefined);
    expect(await read(ada.client, id)).toBeNull();
  });
});
