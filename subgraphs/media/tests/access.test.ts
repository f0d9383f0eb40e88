import { createInternalClient } from '@postbook/service-kit';
import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { URL_WINDOW_MS } from '../src/serving/media-urls.ts';
import { type Media, type Person, SECRET, startMedia } from './support/media.ts';
import {
  byReference,
  MEDIA_FIELDS,
  type MediaData,
  put,
  read,
  remove,
  request,
  type UserError,
  upload,
} from './support/operations.ts';
import { plain } from './support/pictures.ts';

let media: Media;
let ada: Person;
let bob: Person;
let eve: Person;
let jpeg: Buffer;
beforeAll(async () => {
  media = await startMedia();
  media.clock.toNextWindow(URL_WINDOW_MS);
  [ada, bob, eve] = await media.people('ada', 'bob', 'eve');
  jpeg = await plain();
});
afterAll(() => media.stop());

const update = async (person: Person, input: Record<string, unknown>) => {
  const { updateMedia } = await person.client.data<{ updateMedia: { media: MediaData | null; errors: UserError[] } }>(
    `mutation ($input: UpdateMediaInput!) { updateMedia(input: $input) { media { ${MEDIA_FIELDS} } errors { code path } } }`,
    { input },
  );
  return updateMedia;
};

interface Page {
  readonly nodes: readonly { id: string }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly endCursor: string;
    readonly startCursor: string;
  };
}
const list = async (person: Person, args: Record<string, unknown> = {}): Promise<Page> => {
  const { myMedia } = await person.client.data<{ myMedia: Page }>(
    `query ($first: Int, $after: String, $last: Int, $before: String, $kind: MediaKind, $category: MediaCategory) {
      myMedia(first: $first, after: $after, last: $last, before: $before, kind: $kind, category: $category) {
        nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }`,
    args,
  );
  return myMedia;
};

describe('a file', () => {
  it('is asked for by id by its owner alone', async () => {
    const file = await upload(ada.client, jpeg);
    expect((await read(ada.client, file.id))?.id).toBe(file.id);
    expect((await read(ada.client, file.id.toUpperCase()))?.id).toBe(file.id);
    for (const id of [file.id, 'f'.repeat(24), 'no id']) expect(await read(bob.client, id)).toBeNull();
    const { errors } = await media
      .client(undefined)
      .execute('query ($id: ID!) { media(id: $id) { id } }', { id: file.id });
    expect(errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
  });

  it('is shown to whom something referred, without what is the owner’s', async () => {
    const file = await upload(ada.client, jpeg, {
      altText: 'A cat',
      description: 'Mine',
      tags: ['cat'],
      fileName: 'Tom.jpg',
    });
    const shown = { id: file.id, altText: 'A cat', description: 'Mine', url: file.url };
    expect(await byReference(ada.client, file.id)).toEqual([
      expect.objectContaining({ ...shown, fileName: 'Tom.jpg', tags: ['cat'] }),
    ]);
    for (const client of [bob.client, media.client(undefined)]) {
      expect(await byReference(client, file.id)).toEqual([
        expect.objectContaining({ ...shown, fileName: null, tags: null, problem: null }),
      ]);
    }
  });

  it('is hidden across a block, in either direction, and shown again without it', async () => {
    const file = await upload(ada.client, jpeg);
    const avatar = await upload(ada.client, jpeg, { category: 'PROFILE' });
    const [one, two] = await media.people('one', 'two');
    await media.world.block(ada, one);
    await media.world.block(two, ada);
    for (const person of [one, two]) {
      expect(await byReference(person.client, file.id, avatar.id)).toEqual([null, null]);
    }
    expect(await byReference(eve.client, file.id)).toEqual([expect.objectContaining({ id: file.id })]);
    await media.world.unblock(ada, one);
    expect(await byReference(one.client, file.id)).toEqual([expect.objectContaining({ id: file.id })]);
  });

  it('that is not ready or was deleted is nothing to others', async () => {
    const { media: awaited } = await request(ada.client, { sizeBytes: 10 });
    const gone = await upload(ada.client, jpeg);
    await remove(ada.client, gone.id);
    const ids = [awaited.id, gone.id, 'f'.repeat(24), 'no id'];
    expect(await byReference(bob.client, ...ids)).toEqual([null, null, null, null]);
    expect((await byReference(ada.client, ...ids)).map((one) => one?.id)).toEqual([
      awaited.id,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('is read with all others of a request in one query', async () => {
    const files = await Promise.all(Array.from({ length: 5 }, () => upload(ada.client, jpeg)));
    const shown = await byReference(bob.client, ...files.map(({ id }) => id), files[0]?.id ?? '');
    expect(shown.map((one) => one?.id)).toEqual([...files.map(({ id }) => id), files[0]?.id]);
  });
});

describe('what services ask', () => {
  const attachments = z.object({
    _entities: z.array(z.object({ attachment: z.record(z.string(), z.unknown()) }).nullable()),
  });
  const QUERY = `query ($of: [_Any!]!) {
    _entities(representations: $of) { ... on Media { attachment { ownerId kind category isReady publicUrl } } }
  }`;
  const ask = async (...ids: string[]) => {
    const client = createInternalClient({
      owner: 'media',
      url: `${media.instance().url}/graphql`,
      secret: SECRET,
      service: 'posts',
    });
    const of = ids.map((id) => ({ __typename: 'Media', id }));
    return (await client.query(QUERY, { of }, attachments))._entities.map((one) => one?.attachment ?? null);
  };

  it('is answered for every file, whoever it belongs to', async () => {
    const file = await upload(ada.client, jpeg);
    const avatar = await upload(bob.client, jpeg, { category: 'PROFILE' });
    const { media: awaited } = await request(ada.client, { sizeBytes: 10, category: 'CHAT' });
    const about = { kind: 'IMAGE', isReady: true, publicUrl: null };
    expect(await ask(file.id, avatar.id, awaited.id, 'f'.repeat(24), 'no id')).toEqual([
      { ...about, ownerId: ada.id, category: 'POST' },
      { ...about, ownerId: bob.id, category: 'PROFILE', publicUrl: avatar.url },
      { ...about, ownerId: ada.id, category: 'CHAT', isReady: false },
      null,
      null,
    ]);
  });

  it('keeps a file that is about to be attached for another day', async () => {
    const file = await upload(ada.client, jpeg);
    media.clock.advance(20 * 60 * 60_000);
    expect(await ask(file.id)).toEqual([expect.objectContaining({ isReady: true })]);
    media.clock.advance(20 * 60 * 60_000);
    await media.runJob('media-sweep');
    expect(await read(ada.client, file.id)).not.toBeNull();
    media.clock.advance(5 * 60 * 60_000);
    expect(await ask(file.id)).toEqual([expect.objectContaining({ isReady: false })]);
    await media.runJob('media-sweep');
    expect(await ask(file.id)).toEqual([null]);
  });

  it('is refused to whoever is no service, its owner included', async () => {
    const file = await upload(ada.client, jpeg);
    for (const client of [ada.client, bob.client, media.client(undefined)]) {
      const { data, errors } = await client.execute(QUERY, { of: [{ __typename: 'Media', id: file.id }] });
      expect(errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
      expect(data).toEqual({ _entities: [{ attachment: null }] });
    }
  });
});

describe('the list of one’s files', () => {
  it('is read page by page in both directions, newest first, and by kind and purpose', async () => {
    const [lou] = await media.people('lou');
    const ids: string[] = [];
    for (const category of ['POST', 'CHAT', 'POST', 'PROFILE', 'POST']) {
      ids.unshift(
        (await request(lou.client, { sizeBytes: 10, category, mimeType: ids.length === 2 ? 'video/mp4' : 'image/png' }))
          .media.id,
      );
    }
    // Files that came in at the same moment are neither skipped nor repeated.
    await media.db.collection('media_files').updateMany({ userId: lou.id }, { $set: { uploadedAt: new Date(1.7e12) } });
    expect((await list(lou)).nodes.map(({ id }) => id)).toEqual(ids);
    const first = await list(lou, { first: 2 });
    const second = await list(lou, { first: 2, after: first.pageInfo.endCursor });
    const back = await list(lou, { last: 2, before: second.pageInfo.startCursor });
    expect([...first.nodes, ...second.nodes].map(({ id }) => id)).toEqual(ids.slice(0, 4));
    expect(back.nodes).toEqual(first.nodes);
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasPreviousPage]).toEqual([true, true]);
    expect((await list(lou, { category: 'CHAT' })).nodes.map(({ id }) => id)).toEqual([ids[3]]);
    expect((await list(lou, { kind: 'VIDEO' })).nodes.map(({ id }) => id)).toEqual([ids[2]]);
    expect((await list(lou, { kind: 'IMAGE', category: 'POST' })).nodes.map(({ id }) => id)).toEqual([ids[0], ids[4]]);
    await remove(lou.client, ids[0] ?? '');
    expect((await list(lou)).nodes.map(({ id }) => id)).toEqual(ids.slice(1));
  });

  it('has nobody else’s', async () => {
    const [kim] = await media.people('kim');
    expect((await list(kim)).nodes).toEqual([]);
  });
});

describe('changing and deleting', () => {
  it('replaces the texts that are given and leaves the others', async () => {
    const file = await upload(ada.client, jpeg, { altText: 'A cat', description: 'Mine', tags: ['cat'] });
    const changed = await update(ada, { mediaId: file.id, altText: 'A dog', tags: ['Dog', 'dog '] });
    expect(changed).toMatchObject({ errors: [], media: { altText: 'A dog', description: 'Mine', tags: ['dog'] } });
    const emptied = await update(ada, { mediaId: file.id, altText: null, description: ' ', tags: null });
    expect(emptied).toMatchObject({ errors: [], media: { altText: null, description: null, tags: [] } });
    const wrong = await update(ada, { mediaId: file.id, description: 'x'.repeat(501) });
    expect(wrong).toEqual({ media: null, errors: [{ code: 'TOO_LONG', path: ['input', 'description'] }] });
  });

  it('is for the owner', async () => {
    const file = await upload(ada.client, jpeg);
    const unknown = [{ code: 'NOT_FOUND', path: ['input', 'mediaId'] }];
    for (const id of [file.id, 'f'.repeat(24), 'no id']) {
      expect(await update(bob, { mediaId: id, altText: 'mine now' })).toEqual({ media: null, errors: unknown });
      expect(await remove(bob.client, id)).toEqual({ mediaId: null, errors: unknown });
    }
    expect((await read(ada.client, file.id))?.altText).toBeNull();
  });

  it('removes a file with its blobs, at once and for good, and tells other services', async () => {
    const file = await upload(ada.client, jpeg);
    expect(await remove(ada.client, file.id)).toEqual({ mediaId: file.id, errors: [] });
    expect(await read(ada.client, file.id)).toBeNull();
    expect((await remove(ada.client, file.id)).errors[0]?.code).toBe('NOT_FOUND');
    await media.runJob('media-sweep');
    expect((await media.blobs()).filter((path) => path.includes(file.id))).toEqual([]);
    expect(await media.db.collection('media_files').findOne({ _id: new ObjectId(file.id) })).toBeNull();
    const told = (await media.events()).filter(({ aggregateId }) => aggregateId === file.id);
    expect(told.map(({ type }) => type)).toEqual(['MediaReady', 'MediaDeleted']);
    expect((told[1]?.version ?? 0) > (told[0]?.version ?? 0)).toBe(true);
  });
});

describe('quotas', () => {
  it('bound the uploads of a person that are awaited, also when they are asked for at once', async () => {
    const [max] = await media.people('max');
    const limited = await startMedia({
      instances: 2,
      environment: { MEDIA_AWAITED_UPLOADS: '3', MEDIA_DAILY_BYTES: '10000000' },
    });
    try {
      const ask = (n: number) =>
        limited
          .client(max.id, limited.instance(n))
          .execute<{ requestUpload: { upload: { media: { id: string }; url: string } | null } }>(
            'mutation ($input: RequestUploadInput!) { requestUpload(input: $input) { upload { media { id } url } } }',
            { input: { category: 'POST', fileName: 'a', mimeType: 'image/jpeg', sizeBytes: jpeg.length } },
          );
      const results = await Promise.all(Array.from({ length: 6 }, (_, n) => ask(n)));
      const codes = results.map(({ errors }) => errors?.[0]?.extensions?.code ?? 'ok').sort();
      expect(codes).toEqual(['RATE_LIMITED', 'RATE_LIMITED', 'RATE_LIMITED', 'ok', 'ok', 'ok']);
      const refused = results.find(({ errors }) => errors)?.errors?.[0]?.extensions;
      expect(refused?.retryAfterSeconds).toBe(60);
      const taken = results.find(({ data }) => data?.requestUpload)?.data?.requestUpload.upload;
      expect((await put(taken?.url ?? '', jpeg)).status).toBe(201);
      expect((await ask(0)).errors).toBeUndefined();
    } finally {
      await limited.stop();
    }
  });

  it('bound what a person uploads on a day, whatever they delete', async () => {
    const limited = await startMedia({ environment: { MEDIA_DAILY_BYTES: '1000' } });
    try {
      const client = limited.client(ada.id);
      const { media: first } = await request(client, { sizeBytes: 900 });
      await remove(client, first.id);
      const { errors } = await client.execute(
        'mutation ($input: RequestUploadInput!) { requestUpload(input: $input) { errors { code } } }',
        { input: { category: 'POST', fileName: 'a', mimeType: 'image/jpeg', sizeBytes: 101 } },
      );
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) });
      await request(client, { sizeBytes: 100 });
      limited.clock.advance(24 * 60 * 60_000);
      await request(client, { sizeBytes: 1_000 });
    } finally {
      await limited.stop();
    }
  });
});
