import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { eventually } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { film } from './support/isobmff.ts';
import { type Media, type Person, startMedia } from './support/media.ts';
import { codeOf, put, read, request, settled, tryRequest, upload } from './support/operations.ts';
import { plain, png } from './support/pictures.ts';

let media: Media;
let ada: Person;
let jpeg: Buffer;
beforeAll(async () => {
  media = await startMedia({ instances: 2, environment: { MEDIA_UPLOAD_STALL_MS: '300' } });
  [ada] = await media.people('ada');
  jpeg = await plain();
});
afterAll(() => media.stop());

/** What lies in the storage of a file. */
const blobsOf = async (id: string) => (await media.blobs()).filter((path) => path.includes(id));
const leftovers = async () => (await media.blobs()).filter((path) => path.startsWith('.incomplete'));

/** A body of so many bytes, in chunks. */
const streamOf = (content: Buffer, { extra = 0 } = {}) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < content.length; at += 16_384) controller.enqueue(content.subarray(at, at + 16_384));
      for (let sent = 0; sent < extra; sent += 16_384) controller.enqueue(Buffer.alloc(16_384));
      controller.close();
    },
  });

/** Sends the beginning of a body and then nothing. The answer's status, or what ended the connection. */
function sendPart(url: string, content: Buffer, { thenLeave = false } = {}): Promise<number | string> {
  return new Promise((resolve) => {
    const outgoing = httpRequest(url, { method: 'PUT', headers: { 'transfer-encoding': 'chunked' } });
    outgoing.once('response', (response) => {
      resolve(response.statusCode ?? 0);
      outgoing.destroy();
    });
    outgoing.once('error', (error) => resolve(error.message));
    outgoing.write(content, () => thenLeave && outgoing.destroy(new Error('left')));
  });
}

describe('asking to upload', () => {
  it('gives a file that is awaited, and where to bring its content', async () => {
    const asked = await request(ada.client, {
      sizeBytes: jpeg.length,
      fileName: ' C:\\Pictures\\Sunset.JPG ',
      mimeType: 'image/jpg; charset=binary',
      altText: ' The sun\r\nover the sea ',
      description: '',
      tags: ['Sea', ' sea ', 'Été'],
    });
    expect(asked.media).toMatchObject({
      kind: 'IMAGE',
      status: 'PENDING',
      mimeType: 'image/jpeg',
      sizeBytes: jpeg.length,
      fileName: 'Sunset.JPG',
      altText: 'The sun\nover the sea',
      description: null,
      tags: ['sea', 'été'],
      url: null,
    });
    expect([asked.method, asked.headers]).toEqual(['PUT', [{ name: 'content-type', value: 'image/jpeg' }]]);
    expect(asked.url).toMatch(new RegExp(`^${media.instance().url}/uploads/${asked.media.id}\\?size=`));
    expect(Date.parse(asked.expiresAt ?? '') - Date.now()).toBeLessThanOrEqual(15 * 60_000);
  });

  it.each<[string, Record<string, unknown>, string, string[]]>([
    ['without a name', { fileName: ' ' }, 'REQUIRED', ['fileName']],
    ['whose name is a folder', { fileName: '../../' }, 'REQUIRED', ['fileName']],
    ['with a name that hides its ending', { fileName: 'a\u202Egpj.exe' }, 'INVALID_FORMAT', ['fileName']],
    ['with a name of 256 characters', { fileName: 'x'.repeat(256) }, 'TOO_LONG', ['fileName']],
    ['that is empty', { sizeBytes: 0 }, 'REQUIRED', ['sizeBytes']],
    ['of less than nothing', { sizeBytes: -5 }, 'REQUIRED', ['sizeBytes']],
    ['that is a picture of more than 10 MB', { sizeBytes: 10 * 1024 ** 2 + 1 }, 'TOO_LONG', ['sizeBytes']],
    [
      'that is a film of more than 100 MB',
      { mimeType: 'video/mp4', sizeBytes: 100 * 1024 ** 2 + 1 },
      'TOO_LONG',
      ['sizeBytes'],
    ],
    [
      'that is a recording of more than 20 MB',
      { mimeType: 'audio/mpeg', sizeBytes: 20 * 1024 ** 2 + 1 },
      'TOO_LONG',
      ['sizeBytes'],
    ],
    [
      'that is a document of more than 20 MB',
      { mimeType: 'application/pdf', sizeBytes: 20 * 1024 ** 2 + 1 },
      'TOO_LONG',
      ['sizeBytes'],
    ],
    [
      'that is public and no picture',
      { category: 'PROFILE', mimeType: 'application/pdf' },
      'INVALID_FORMAT',
      ['mimeType'],
    ],
    ['that is a drawing with scripts', { mimeType: 'image/svg+xml' }, 'INVALID_FORMAT', ['mimeType']],
    ['that is a page', { mimeType: 'text/html' }, 'INVALID_FORMAT', ['mimeType']],
    ['with a description of 501 characters', { description: 'x'.repeat(501) }, 'TOO_LONG', ['description']],
    ['with an alt text of 1,001 characters', { altText: 'x'.repeat(1_001) }, 'TOO_LONG', ['altText']],
    ['with 21 tags', { tags: Array.from({ length: 21 }, (_, n) => `t${n}`) }, 'TOO_LONG', ['tags']],
    ['with a tag of 51 characters', { tags: ['ok', 'x'.repeat(51)] }, 'TOO_LONG', ['tags', '1']],
    ['with an empty tag', { tags: [' '] }, 'REQUIRED', ['tags', '0']],
    ['with an empty client id', { clientMutationId: '' }, 'REQUIRED', ['clientMutationId']],
  ])('for a file %s is refused', async (_what, input, code, path) => {
    const { data } = await tryRequest(ada.client, { sizeBytes: 1_000, ...input });
    expect(data?.requestUpload).toEqual({ upload: null, errors: [{ code, path: ['input', ...path] }] });
  });

  it('is for those who are logged in', async () => {
    const { errors } = await tryRequest(media.client(undefined), { sizeBytes: 1 });
    expect(errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
  });

  it('again with the same clientMutationId gives the same file, on every instance and at once', async () => {
    const input = { sizeBytes: jpeg.length, clientMutationId: randomUUID() };
    const asked = await Promise.all(
      Array.from({ length: 8 }, (_, n) => request(media.client(ada.id, media.instance(n)), input)),
    );
    expect(new Set(asked.map((one) => one.media.id)).size).toBe(1);
    const [first] = asked;
    await put(first?.url ?? '', jpeg);
    const { data } = await tryRequest(ada.client, input);
    expect(data?.requestUpload.upload).toMatchObject({
      media: { id: first?.media.id },
      url: null,
      method: null,
      headers: [],
    });
    const other = await tryRequest(ada.client, { ...input, category: 'CHAT' });
    expect(other.errors?.[0]?.extensions?.code).toBe('IDEMPOTENCY_CONFLICT');
  });
});

describe('bringing content', () => {
  it('has it processed and shown', async () => {
    const file = await upload(ada.client, jpeg);
    expect(file).toMatchObject({ status: 'COMPLETED', width: 300, height: 200, problem: null });
    expect(await leftovers()).toEqual([]);
  });

  it('takes content for what it is and not for what it was said to be', async () => {
    const picture = await upload(ada.client, await png(), { mimeType: 'video/mp4', fileName: 'film.mp4' });
    expect(picture).toMatchObject({ kind: 'IMAGE', mimeType: 'image/png', status: 'COMPLETED' });
    const clip = await upload(ada.client, film(), { mimeType: 'image/jpeg', fileName: 'a.jpg' });
    expect(clip).toMatchObject({ kind: 'VIDEO', mimeType: 'video/mp4', durationSeconds: 12, width: 640, height: 360 });
  });

  it('is possible from pages of any origin', async () => {
    const { url } = await request(ada.client, { sizeBytes: jpeg.length });
    const preflight = await fetch(url, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', 'access-control-request-method': 'PUT' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-methods')).toContain('PUT');
    expect(preflight.headers.get('access-control-allow-headers')).toContain('content-type');
    const answer = await put(url, jpeg, { origin: 'https://app.example' });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([201, '*']);
    const refusal = await put(`${url}x`, jpeg);
    expect([refusal.status, refusal.headers.get('access-control-allow-origin')]).toEqual([403, '*']);
  });

  it.each<[string, () => Buffer | Promise<Buffer>]>([
    ['a page', () => Buffer.from('<!DOCTYPE html><script>alert(document.cookie)</script>')],
    [
      'a drawing that can run scripts',
      () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    ],
    [
      'a drawing behind an XML head',
      () => Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
    ],
    ['a shell script', () => Buffer.from('#!/bin/sh\necho hello\n')],
    ['a program', () => Buffer.from('\x7fELF\x02\x01\x01 and so on', 'latin1')],
    ['an archive', () => Buffer.from('PK\x03\x04\x14\0\0\0\0\0 and so on', 'latin1')],
    ['noise', () => Buffer.alloc(10_000, 9)],
    [
      'a picture with a page in its first bytes',
      async () => {
        const picture = await png();
        const comment = Buffer.from('tEXtComment\0<script>alert(1)</script>');
        const length = Buffer.alloc(4);
        length.writeUInt32BE(comment.length - 4);
        return Buffer.concat([picture.subarray(0, 33), length, comment, Buffer.alloc(4), picture.subarray(33)]);
      },
    ],
  ])('refuses %s, whatever its name and type say', async (_what, make) => {
    const content = await make();
    const { media: file, url } = await request(ada.client, {
      sizeBytes: content.length,
      fileName: 'a.png',
      mimeType: 'image/png',
    });
    const answer = await put(url, content, { 'content-type': 'image/png' });
    expect([answer.status, await codeOf(answer)]).toEqual([415, 'UNSUPPORTED_TYPE']);
    expect(await blobsOf(file.id)).toEqual([]);
    expect((await read(ada.client, file.id))?.status).toBe('PENDING');
  });

  it('refuses more than was announced, before it is sent and while it is', async () => {
    const { media: file, url } = await request(ada.client, { sizeBytes: jpeg.length - 1 });
    const announced = await put(url, jpeg);
    expect([announced.status, await codeOf(announced)]).toEqual([413, 'TOO_LARGE']);
    const streamed = await put(url, streamOf(jpeg, { extra: 1_000_000 }));
    expect([streamed.status, await codeOf(streamed)]).toEqual([413, 'TOO_LARGE']);
    expect(await blobsOf(file.id)).toEqual([]);
    expect(await leftovers()).toEqual([]);
  });

  it('refuses less than was announced, before it is sent and when it ends, and takes the whole afterwards', async () => {
    const { media: file, url } = await request(ada.client, { sizeBytes: jpeg.length });
    const part = jpeg.subarray(0, jpeg.length - 100);
    const announced = await put(url, part);
    expect([announced.status, await codeOf(announced)]).toEqual([400, 'TRUNCATED']);
    const streamed = await put(url, streamOf(part));
    expect([streamed.status, await codeOf(streamed)]).toEqual([400, 'TRUNCATED']);
    expect(await blobsOf(file.id)).toEqual([]);
    expect((await put(url, streamOf(jpeg))).status).toBe(201);
    expect((await settled(ada.client, file.id)).status).toBe('COMPLETED');
  });

  it('refuses a picture as large as only films may be', async () => {
    const content = Buffer.concat([jpeg, Buffer.alloc(10 * 1024 ** 2)]);
    const { media: file, url } = await request(ada.client, { sizeBytes: content.length, mimeType: 'video/mp4' });
    const answer = await put(url, content);
    expect([answer.status, await codeOf(answer)]).toEqual([413, 'TOO_LARGE']);
    expect(await blobsOf(file.id)).toEqual([]);
  });

  it('refuses what is no picture where it would be public, whatever it was said to be', async () => {
    const content = film();
    const { url } = await request(ada.client, { sizeBytes: content.length, category: 'PROFILE' });
    const answer = await put(url, content);
    expect([answer.status, await codeOf(answer)]).toEqual([415, 'UNSUPPORTED_TYPE']);
  });

  it('gives up when nothing comes any more, and when the client leaves, and leaves nothing behind', async () => {
    const { media: file, url } = await request(ada.client, { sizeBytes: 200_000, mimeType: 'video/mp4' });
    const start = film().subarray(0, 5_000);
    expect(await sendPart(url, start)).toBe(408);
    expect(await sendPart(url, start, { thenLeave: true })).toBe('left');
    await eventually(async () => (await leftovers()).length === 0);
    expect(await blobsOf(file.id)).toEqual([]);
    const silent = await request(ada.client, { sizeBytes: 200_000 });
    expect(await sendPart(silent.url, Buffer.alloc(1))).toBe(408);
  });

  it('takes one of two uploads of a file at once, by one instance and by two', async () => {
    const both = async (...urls: [string, string]) => {
      const answers = await Promise.all(urls.map((url) => put(url, streamOf(jpeg))));
      return answers.map(({ status }) => status).sort();
    };
    const one = await request(ada.client, { sizeBytes: jpeg.length });
    expect(await both(one.url, one.url)).toEqual([201, 409]);
    const two = await request(ada.client, { sizeBytes: jpeg.length });
    expect(await both(two.url, two.url.replace(media.instance(0).url, media.instance(1).url))).toEqual([201, 409]);
    for (const { media: file } of [one, two]) {
      await settled(ada.client, file.id);
      await eventually(async () => (await blobsOf(file.id)).every((path) => path.startsWith('files/')));
    }
  });
});

describe('the URL of an upload', () => {
  it('is good for its file, its size, its method and its time only', async () => {
    const first = await request(ada.client, { sizeBytes: jpeg.length });
    const second = await request(ada.client, { sizeBytes: jpeg.length });
    const { search } = new URL(first.url);
    const changed = (name: string, value: string) => {
      const url = new URL(first.url);
      url.searchParams.set(name, value);
      return url.href;
    };
    for (const url of [
      `${media.instance().url}/uploads/${second.media.id}${search}`,
      changed('size', String(jpeg.length + 1)),
      changed('exp', '9999999999999'),
      changed('sig', 'A'.repeat(43)),
      changed('sig', ''),
      first.url.split('?')[0] ?? '',
      `${media.instance().url}/uploads/`,
    ]) {
      const answer = await put(url, jpeg);
      expect([answer.status, await codeOf(answer)]).toEqual([403, 'INVALID_SIGNATURE']);
    }
    for (const method of ['POST', 'GET', 'DELETE']) {
      expect((await fetch(first.url, { method })).status).toBe(405);
    }
    // What allows to write allows nothing else.
    expect((await fetch(`${media.instance().url}/files/${first.media.id}/large${search}`)).status).toBe(403);
  });

  it('is good once', async () => {
    const { media: file, url } = await request(ada.client, { sizeBytes: jpeg.length });
    expect((await put(url, jpeg)).status).toBe(201);
    const again = await put(url, jpeg);
    expect([again.status, await codeOf(again)]).toEqual([409, 'ALREADY_DONE']);
    await settled(ada.client, file.id);
    expect((await put(url, jpeg)).status).toBe(409);
  });

  it('is good for a quarter of an hour, and there is a new one for as long as the file is awaited', async () => {
    const input = { sizeBytes: jpeg.length, clientMutationId: randomUUID() };
    const { url } = await request(ada.client, input);
    media.clock.advance(15 * 60_000);
    const late = await put(url, jpeg);
    expect([late.status, await codeOf(late)]).toEqual([403, 'EXPIRED']);
    const fresh = await request(ada.client, input);
    expect((await put(fresh.url, jpeg)).status).toBe(201);
    const { data } = await tryRequest(ada.client, { ...input, clientMutationId: randomUUID() });
    const forgotten = data?.requestUpload.upload?.media.id ?? '';
    media.clock.advance(61 * 60_000);
    await media.runJob('media-sweep');
    expect(await read(ada.client, forgotten)).toBeNull();
  });

  it('is none for a file that was deleted meanwhile', async () => {
    const { media: file, url } = await request(ada.client, { sizeBytes: jpeg.length });
    await ada.client.data('mutation ($id: ID!) { deleteMedia(input: { mediaId: $id }) { mediaId } }', { id: file.id });
    const answer = await put(url, jpeg);
    expect([answer.status, await codeOf(answer)]).toEqual([404, 'NOT_FOUND']);
    expect(await blobsOf(file.id)).toEqual([]);
  });
});

describe('completeUpload', () => {
  const complete = async (person: Person, mediaId: string) => {
    const { completeUpload } = await person.client.data<{
      completeUpload: { media: { id: string } | null; errors: { code: string }[] };
    }>('mutation ($id: ID!) { completeUpload(input: { mediaId: $id }) { media { id } errors { code } } }', {
      id: mediaId,
    });
    return completeUpload;
  };

  it('changes nothing where content came by this service, and says what is missing', async () => {
    const { media: file, url } = await request(ada.client, { sizeBytes: jpeg.length });
    expect(await complete(ada, file.id)).toEqual({ media: null, errors: [{ code: 'NOT_FOUND' }] });
    await put(url, jpeg);
    expect(await complete(ada, file.id)).toEqual({ media: { id: file.id }, errors: [] });
  });

  it('is for the owner', async () => {
    const [bob] = await media.people('bob');
    const { media: file } = await request(ada.client, { sizeBytes: jpeg.length });
    for (const id of [file.id, 'f'.repeat(24), 'no id']) {
      expect(await complete(bob, id)).toEqual({ media: null, errors: [{ code: 'NOT_FOUND' }] });
    }
  });
});
