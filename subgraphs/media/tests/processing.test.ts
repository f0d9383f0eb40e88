import { eventually } from '@postbook/testkit';
import exifr from 'exifr';
import { ObjectId } from 'mongodb';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FILMED_AT, film } from './support/isobmff.ts';
import { type Media, type Person, startMedia } from './support/media.ts';
import { byReference, type MediaData, put, request, settled, upload } from './support/operations.ts';
import { animation, photo, picture, plain, png } from './support/pictures.ts';

let media: Media;
let ada: Person;
beforeAll(async () => {
  media = await startMedia();
  [ada] = await media.people('ada');
});
afterAll(() => media.stop());

const fetched = async (url: string | null) => Buffer.from(await (await fetch(url ?? 'none')).arrayBuffer());
const variantsOf = (file: MediaData) => [file.thumbnail, file.small, file.url, file.original];
const stored = (id: string) => media.db.collection('media_files').findOne({ _id: new ObjectId(id) });

describe('a photo', () => {
  it('is served upright, in four sizes, none of them enlarged', async () => {
    const file = await upload(ada.client, await photo(2_400, 1_600));
    expect(file).toMatchObject({ status: 'COMPLETED', width: 1_600, height: 2_400, aspectRatio: '2:3' });
    const sizes = await Promise.all(
      variantsOf(file).map(async (url) => {
        const { format, width, height, orientation } = await sharp(await fetched(url)).metadata();
        return [format, width, height, orientation];
      }),
    );
    expect(sizes).toEqual([
      ['webp', 200, 200, undefined],
      ['webp', 427, 640, undefined],
      ['webp', 1_067, 1_600, undefined],
      ['jpeg', 1_600, 2_400, undefined],
    ]);
    const tiny = await upload(ada.client, await plain(90, 60));
    expect(
      await Promise.all([tiny.small, tiny.url].map(async (url) => (await sharp(await fetched(url)).metadata()).width)),
    ).toEqual([90, 90]);
  });

  it('has no metadata in any size: neither where it was taken nor by whom, nor a preview of what was cut off', async () => {
    const content = await photo();
    expect(await exifr.gps(content)).toBeDefined();
    const file = await upload(ada.client, content);
    for (const url of variantsOf(file)) {
      const served = await fetched(url);
      const { exif, xmp, iptc } = await sharp(served).metadata();
      expect([exif, xmp, iptc]).toEqual([undefined, undefined, undefined]);
      for (const trace of ['Exif', 'Ada Lovelace', 'secret-serial-4711', 'Nikon']) {
        expect(served.includes(trace)).toBe(false);
      }
    }
    // What was uploaded is gone, so that nobody finds it in a backup of the storage either.
    expect((await media.blobs()).filter((path) => path.startsWith('incoming/'))).toEqual([]);
  });

  it('leaves what its camera wrote, without where', async () => {
    const { id } = await upload(ada.client, await photo());
    const document = await stored(id);
    expect(document?.exifData).toEqual({
      camera: 'Nikon D90',
      iso: 200,
      aperture: 'f/1.8',
      shutterSpeed: '1/250 s',
      capturedAt: new Date('2026-05-01T12:30:00Z'),
    });
    expect(JSON.stringify(document)).not.toMatch(/gps|latitude|48\.2|16\.36/i);
  });

  it('has a tiny picture that stands for it', async () => {
    const { blurPlaceholder } = await upload(ada.client, await photo());
    const [head, data = ''] = blurPlaceholder?.split(',') ?? [];
    expect(head).toBe('data:image/webp;base64');
    expect(data.length).toBeLessThan(1_500);
    const { format, width, height } = await sharp(Buffer.from(data, 'base64')).metadata();
    expect([format, width, height]).toEqual(['webp', 11, 16]);
  });

  it('is ready for other services by an event', async () => {
    const { id } = await upload(ada.client, await plain());
    const ready = (await media.events()).find(({ aggregateId }) => aggregateId === id);
    expect(ready).toMatchObject({ type: 'MediaReady', payload: { mediaId: id, ownerId: ada.id, kind: 'Image' } });
  });
});

describe('a picture that moves', () => {
  it('still does so large and in its original, and stands still where it is small', async () => {
    const file = await upload(ada.client, await animation());
    expect(file).toMatchObject({ mimeType: 'image/gif', width: 60, height: 40 });
    const pages = await Promise.all(
      variantsOf(file).map(async (url) => (await sharp(await fetched(url)).metadata()).pages ?? 1),
    );
    expect(pages).toEqual([1, 1, 2, 2]);
  });
});

describe('formats', () => {
  it.each<[string, () => Promise<Buffer>, string]>([
    ['PNG', () => png(), 'image/png'],
    ['WebP', () => picture(300, 200).webp().toBuffer(), 'image/webp'],
    ['AVIF', () => picture(100, 80).avif({ effort: 0 }).toBuffer(), 'image/webp'],
  ])('%s has an original as %s', async (_name, make, mimeType) => {
    const file = await upload(ada.client, await make());
    expect(file.status).toBe('COMPLETED');
    expect((await fetch(file.original ?? '')).headers.get('content-type')).toBe(mimeType);
  });
});

describe('content that is unfit', () => {
  /** A PNG of so many pixels that has next to nothing in it. */
  const bomb = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: 'red' }, limitInputPixels: false })
      .png({ compressionLevel: 9, palette: true })
      .toBuffer();

  it.each<[string, () => Promise<Buffer>, string]>([
    ['a picture of 100 million pixels in a few kilobytes', () => bomb(10_000, 10_000), 'TOO_MANY_PIXELS'],
    ['a picture longer than formats allow', () => bomb(20_000, 2), 'TOO_MANY_PIXELS'],
    ['a picture whose end is missing', async () => (await plain(800, 600)).subarray(0, 20_000), 'CORRUPT'],
    ['a picture that is only a head', async () => (await png()).subarray(0, 60), 'CORRUPT'],
    ['a film whose boxes don’t add up', async () => Buffer.concat([film(), Buffer.alloc(100, 0xff)]), 'CORRUPT'],
    ['a film without an index', async () => film().subarray(0, 28), 'CORRUPT'],
    ['a film of a week', async () => film({ seconds: 600_000 }), 'TOO_LONG'],
    [
      'a document with an archive behind it',
      async () =>
        Buffer.concat([
          Buffer.from('%PDF-1.7\n'),
          Buffer.alloc(5_000, 0x20),
          Buffer.from('PK\x05\x06', 'latin1'),
          Buffer.alloc(18),
        ]),
      'UNSUPPORTED_TYPE',
    ],
  ])('fails: %s', async (_what, make, problem) => {
    const content = await make();
    const file = await upload(ada.client, content, { mimeType: 'video/mp4' });
    expect(file).toMatchObject({ status: 'FAILED', problem, url: null, original: null });
    const failed = (await media.events()).find(({ aggregateId }) => aggregateId === file.id);
    expect(failed).toMatchObject({
      type: 'MediaFailed',
      payload: { mediaId: file.id, ownerId: ada.id, reason: problem },
    });
    await eventually(async () => (await media.blobs()).every((path) => !path.includes(file.id)));
    const [bob] = await media.people('bob');
    expect(await byReference(bob.client, file.id)).toEqual([null]);
  });
});

describe('a film', () => {
  it('keeps its pictures and sound byte for byte, and loses where it was filmed', async () => {
    const content = film({ seconds: 75 });
    const file = await upload(ada.client, content, { mimeType: 'video/mp4' });
    expect(file).toMatchObject({
      status: 'COMPLETED',
      kind: 'VIDEO',
      durationSeconds: 75,
      width: 640,
      height: 360,
      aspectRatio: '16:9',
    });
    expect([file.thumbnail, file.small]).toEqual([null, null]);
    expect(file.url).toContain('/original?');
    const served = await fetched(file.url);
    expect(served.length).toBe(content.length);
    expect(content.includes(FILMED_AT)).toBe(true);
    expect(served.includes(FILMED_AT)).toBe(false);
    expect(served.subarray(-5_000)).toEqual(content.subarray(-5_000));
  });
});

describe('many files at once, through two processes and the job', () => {
  it('are each worked on once, and told once', async () => {
    const second = await media.startInstance();
    const content = await plain();
    const ids = await Promise.all(
      Array.from({ length: 12 }, async (_, n) => {
        const client = media.client(ada.id, n % 2 ? second : media.instance());
        const { media: file, url } = await request(client, { sizeBytes: content.length });
        await put(url, content);
        return file.id;
      }),
    );
    await media.runJob('media-process');
    await Promise.all(ids.map((id) => settled(ada.client, id)));
    const keys = ids.map((id) => new ObjectId(id));
    const files = await media.db
      .collection('media_files')
      .find({ _id: { $in: keys } })
      .toArray();
    expect(files.map(({ processingStatus, processingAttempts }) => [processingStatus, processingAttempts])).toEqual(
      ids.map(() => ['Completed', 1]),
    );
    const told = (await media.events()).filter(({ aggregateId }) => ids.includes(aggregateId));
    expect(told.map(({ type, aggregateId }) => [type, aggregateId]).sort()).toEqual(
      ids.map((id) => ['MediaReady', id]).sort(),
    );
  });
});
