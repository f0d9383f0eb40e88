import { readFile, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { eventually } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { URL_WINDOW_MS } from '../src/serving/media-urls.ts';
import { film } from './support/isobmff.ts';
import { type Media, type Person, startMedia } from './support/media.ts';
import {
  byReference,
  codeOf,
  type MediaData,
  put,
  read,
  remove,
  request,
  settled,
  upload,
} from './support/operations.ts';
import { photo, plain } from './support/pictures.ts';

let media: Media;
let ada: Person;
let bob: Person;
let file: MediaData;
let clip: MediaData;
let clipContent: Buffer;
beforeAll(async () => {
  media = await startMedia();
  media.clock.toNextWindow(URL_WINDOW_MS);
  [ada, bob] = await media.people('ada', 'bob');
  file = await upload(ada.client, await photo(), { fileName: 'me at home.jpg' });
  clip = await upload(ada.client, film(), { mimeType: 'video/mp4' });
  const path = (await media.blobs()).find((blob) => blob.includes(clip.id)) ?? '';
  clipContent = await readFile(join(media.folder, path));
});
afterAll(() => media.stop());

const get = (url: string | null, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(url ?? 'none', { method, headers });

describe('a private file', () => {
  it('is served at a signed URL with headers that let it be shown and nothing else', async () => {
    const response = await get(file.url);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/webp',
      'content-disposition': `inline; filename="${file.id}-large.webp"`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cross-origin-resource-policy': 'cross-origin',
      'referrer-policy': 'no-referrer',
      'access-control-allow-origin': '*',
      'accept-ranges': 'bytes',
      'cache-control': expect.stringMatching(/^private, max-age=\d+, immutable$/),
    });
    // What its owner called it is theirs.
    expect([...response.headers.values()].join()).not.toContain('home');
    expect((await response.arrayBuffer()).byteLength).toBe(Number(response.headers.get('content-length')));
  });

  it('has the same URL for everybody within a window, good for one to two windows', async () => {
    const [asBob] = await byReference(bob.client, file.id);
    const again = await read(ada.client, file.id);
    expect(new Set([asBob?.url, again?.url]).size).toBe(1);
    const left = Date.parse(again?.urlExpiresAt ?? '') - media.clock.now().getTime();
    expect(left).toBeGreaterThan(URL_WINDOW_MS);
    expect(left).toBeLessThanOrEqual(2 * URL_WINDOW_MS);
  });

  it('is not served when anything of its URL was changed', async () => {
    const changed = (change: (url: URL) => void) => {
      const url = new URL(file.url ?? '');
      change(url);
      return url.href;
    };
    const later = String(Number(new URL(file.url ?? '').searchParams.get('exp')) + 1);
    for (const url of [
      changed(({ searchParams }) => searchParams.set('exp', later)),
      changed(({ searchParams }) => searchParams.set('exp', 'NaN')),
      changed(({ searchParams }) => searchParams.delete('exp')),
      changed(({ searchParams }) => searchParams.delete('sig')),
      changed(({ searchParams }) => searchParams.set('sig', `${searchParams.get('sig')?.slice(0, -1)}_`)),
      changed((url) => {
        url.pathname = url.pathname.replace('large', 'original');
      }),
      changed((url) => {
        url.pathname = url.pathname.replace(file.id, clip.id);
      }),
      changed((url) => {
        url.pathname += '/more';
      }),
    ]) {
      const response = await get(url);
      expect([response.status, await codeOf(response)]).toEqual([403, 'INVALID_SIGNATURE']);
      expect(response.headers.get('cache-control')).toBe('no-store');
    }
  });

  it('is not served as a public one', async () => {
    expect((await get(`${media.instance().url}/public/${file.id}/large`)).status).toBe(404);
  });

  it('is not asked for again by who has it', async () => {
    const etag = (await get(file.url)).headers.get('etag') ?? '';
    const response = await get(file.url, { 'if-none-match': etag });
    expect([response.status, await response.text()]).toEqual([304, '']);
  });

  it('can be looked at without being fetched, and by pages of any origin', async () => {
    const head = await get(file.url, {}, 'HEAD');
    expect([head.status, Number(head.headers.get('content-length')) > 0, await head.text()]).toEqual([200, true, '']);
    const preflight = await get(file.url, { 'access-control-request-headers': 'range' }, 'OPTIONS');
    expect([preflight.status, preflight.headers.get('access-control-allow-headers')]).toEqual([
      204,
      'content-type, range, if-none-match',
    ]);
    expect((await get(file.url, {}, 'POST')).status).toBe(405);
    expect((await get(file.url, {}, 'DELETE')).status).toBe(405);
  });

  it('is not served once its URL is too old, and has a new one then', async () => {
    media.clock.advance(2 * URL_WINDOW_MS);
    const response = await get(file.url);
    expect([response.status, await codeOf(response)]).toEqual([403, 'EXPIRED']);
    const fresh = await read(ada.client, file.id);
    expect(fresh?.url).not.toBe(file.url);
    expect((await get(fresh?.url ?? null)).status).toBe(200);
    clip = (await read(ada.client, clip.id)) ?? clip;
  });

  it('is not served once it was deleted, though its URL is still good', async () => {
    const gone = await upload(ada.client, await plain());
    expect((await get(gone.url)).status).toBe(200);
    await remove(ada.client, gone.id);
    expect((await get(gone.url)).status).toBe(404);
  });

  it('that the storage has lost is not found, and no fault', async () => {
    const lost = await upload(ada.client, await plain());
    await rm(join(media.folder, 'files', lost.id.slice(-2), lost.id), { recursive: true });
    expect((await get(lost.url)).status).toBe(404);
  });
});

describe('parts of a film', () => {
  it.each<[string, number, number]>([
    ['bytes=0-0', 0, 0],
    ['bytes=100-199', 100, 199],
    ['bytes=5000-', 5_000, -1],
    ['bytes=-100', -100, -1],
  ])('%s are served as asked for', async (range, from, to) => {
    const start = from < 0 ? clipContent.length + from : from;
    const end = to < 0 ? clipContent.length - 1 : to;
    const response = await get(clip.url, { range });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end}/${clipContent.length}`);
    expect(response.headers.get('content-length')).toBe(String(end - start + 1));
    expect(Buffer.from(await response.arrayBuffer())).toEqual(clipContent.subarray(start, end + 1));
  });

  it('beyond its end are refused, and several at once are answered with the whole', async () => {
    const beyond = await get(clip.url, { range: `bytes=${clipContent.length}-` });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${clipContent.length}`]);
    const several = await get(clip.url, { range: 'bytes=0-1,5-6' });
    expect([several.status, (await several.arrayBuffer()).byteLength]).toEqual([200, clipContent.length]);
  });

  it('whose reader leaves in the middle harm nobody', async () => {
    const large = await upload(ada.client, film({ padding: 20_000_000 }), { mimeType: 'video/mp4' });
    await new Promise<void>((resolve) => {
      const outgoing = httpRequest(large.url ?? '', (response) => {
        response.once('data', () => outgoing.destroy());
        response.once('close', () => resolve());
      });
      outgoing.end();
    });
    await eventually(async () => (await get(large.url, { range: 'bytes=0-9' })).status === 206);
  });
});

describe('a document', () => {
  it('is saved and not opened', async () => {
    const pdf = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(1_000, 0x20)]);
    const document = await upload(ada.client, pdf, { mimeType: 'application/pdf', category: 'DOCUMENT' });
    expect(document).toMatchObject({ kind: 'DOCUMENT', status: 'COMPLETED' });
    const response = await get(document.url);
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${document.id}-original.pdf"`);
    expect(response.headers.get('content-type')).toBe('application/pdf');
  });
});

describe('a public file', () => {
  it('has a URL that stays, and may be kept by every cache', async () => {
    const avatar = await upload(ada.client, await photo(), { category: 'PROFILE' });
    expect(avatar.url).toBe(`${media.instance().url}/public/${avatar.id}/large`);
    expect([avatar.thumbnail, avatar.urlExpiresAt]).toEqual([
      `${media.instance().url}/public/${avatar.id}/thumbnail`,
      null,
    ]);
    media.clock.advance(10 * URL_WINDOW_MS);
    const response = await get(avatar.url);
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'public, max-age=86400, immutable']);
    expect(response.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    await remove(ada.client, avatar.id);
    expect((await get(avatar.url)).status).toBe(404);
  });

  it('is not there before it is ready, nor in sizes it does not have', async () => {
    const content = await plain();
    const awaited = await request(ada.client, { sizeBytes: content.length, category: 'PROFILE' });
    const url = `${media.instance().url}/public/${awaited.media.id}`;
    expect((await get(`${url}/large`)).status).toBe(404);
    await put(awaited.url, content);
    await eventually(async () => (await get(`${url}/large`)).status === 200);
    for (const variant of ['huge', '', 'large/..', '%2e%2e']) expect((await get(`${url}/${variant}`)).status).toBe(404);
    expect((await get(`${media.instance().url}/public/${'f'.repeat(24)}/large`)).status).toBe(404);
    expect((await get(`${media.instance().url}/public/no-id/large`)).status).toBe(404);
  });
});

describe('URLs behind a proxy', () => {
  it('begin as the configuration says', async () => {
    const proxied = await startMedia({ environment: { MEDIA_PUBLIC_URL: 'https://media.example/m/' } });
    try {
      const client = proxied.client(ada.id);
      const local = (url: string) => url.replace('https://media.example/m', proxied.instance().url);
      const content = await plain();
      const asked = await request(client, { sizeBytes: content.length, category: 'PROFILE' });
      expect(asked.url).toMatch(/^https:\/\/media\.example\/m\/uploads\//);
      expect((await put(local(asked.url), content)).status).toBe(201);
      const shown = await settled(client, asked.media.id);
      expect(shown.url).toBe(`https://media.example/m/public/${shown.id}/large`);
      expect((await get(local(shown.url ?? ''))).status).toBe(200);
    } finally {
      await proxied.stop();
    }
  });
});
