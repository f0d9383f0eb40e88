import { type RedisProcess, startRedisProcess } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Instance, type Media, type Person, startMedia } from './support/media.ts';
import { type MediaData, put, remove, request, settled, upload } from './support/operations.ts';
import { plain } from './support/pictures.ts';

let redis: RedisProcess;
let media: Media;
let ada: Person;
let bob: Person;
let jpeg: Buffer;
beforeAll(async () => {
  redis = await startRedisProcess();
  media = await startMedia({ instances: 2, redisUrl: redis.url });
  [ada, bob] = await media.people('ada', 'bob');
  jpeg = await plain();
});
afterAll(async () => {
  await media.stop();
  await redis.stop();
});

const follow = (person: Person | undefined, mediaId: string, instance: Instance = media.instance(1)) =>
  media.subscribe<{ mediaStatusChanged: Pick<MediaData, 'id' | 'status' | 'problem' | 'url'> }>(
    person,
    'subscription ($mediaId: ID!) { mediaStatusChanged(mediaId: $mediaId) { id status problem url } }',
    { mediaId },
    instance,
  );

describe('following a file', () => {
  it('tells how it is at once, and every step until it is ready, on another instance too; then it ends', async () => {
    const { media: file, url } = await request(ada.client, { sizeBytes: jpeg.length });
    const events = follow(ada, file.id);
    expect((await events.next()).data?.mediaStatusChanged).toMatchObject({ id: file.id, status: 'PENDING', url: null });
    await put(url, jpeg);
    const ready = await events.nextWhere(({ data }) => data?.mediaStatusChanged.status === 'COMPLETED');
    expect((await fetch(ready.data?.mediaStatusChanged.url ?? '')).status).toBe(200);
    await events.done;
    const told = events.events.map(({ data }) => data?.mediaStatusChanged.status);
    // Steps that follow each other fast may be told as one; none comes after a later one.
    const order = ['PENDING', 'PROCESSING', 'COMPLETED'];
    expect(told).toEqual([...told].sort((a, b) => order.indexOf(a ?? '') - order.indexOf(b ?? '')));
  });

  it('tells of a file that is ready already, and ends', async () => {
    const { id } = await upload(ada.client, jpeg);
    const events = follow(ada, id);
    expect((await events.next()).data?.mediaStatusChanged.status).toBe('COMPLETED');
    await events.done;
    expect(events.events).toHaveLength(1);
  });

  it('tells why it failed', async () => {
    const cut = jpeg.subarray(0, 3_000);
    const { media: file, url } = await request(ada.client, { sizeBytes: cut.length });
    const events = follow(ada, file.id);
    await events.next();
    await put(url, cut);
    const failed = await events.nextWhere(({ data }) => data?.mediaStatusChanged.status === 'FAILED');
    expect(failed.data?.mediaStatusChanged.problem).toBe('CORRUPT');
  });

  it('is for its owner', async () => {
    const { id } = await upload(ada.client, jpeg);
    for (const mediaId of [id, 'f'.repeat(24), 'no id']) {
      expect((await follow(bob, mediaId).next()).errors?.[0]?.extensions?.code).toBe('NOT_FOUND');
    }
    expect((await follow(undefined, id).next()).errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
  });

  it('ends when the file is deleted', async () => {
    const { media: file } = await request(ada.client, { sizeBytes: jpeg.length });
    const events = follow(ada, file.id);
    await events.next();
    await remove(ada.client, file.id);
    expect((await events.next()).errors?.[0]?.extensions?.code).toBe('NOT_FOUND');
  });

  it('goes on from the store while Redis is dead', async () => {
    const { media: file, url } = await request(ada.client, { sizeBytes: jpeg.length });
    const events = follow(ada, file.id);
    await events.next();
    await redis.kill();
    await put(url, jpeg);
    await settled(ada.client, file.id);
    await events.nextWhere(({ data }) => data?.mediaStatusChanged.status === 'COMPLETED');
    const late = follow(ada, file.id);
    expect((await late.next()).data?.mediaStatusChanged.status).toBe('COMPLETED');
    await redis.start();
  });
});
