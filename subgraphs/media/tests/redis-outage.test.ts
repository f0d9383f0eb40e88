import { createEvent } from '@postbook/events';
import { eventually, type RedisProcess, startRedisProcess } from '@postbook/testkit';
import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Media, type Person, startMedia } from './support/media.ts';
import { byReference, remove, upload } from './support/operations.ts';
import { plain } from './support/pictures.ts';

let redis: RedisProcess;
let media: Media;
let ada: Person;
let bob: Person;

beforeAll(async () => {
  redis = await startRedisProcess();
  media = await startMedia({ redisUrl: redis.url });
  [ada, bob] = await media.people('ada', 'bob');
});
afterAll(async () => {
  await media.stop();
  await redis.stop();
});

it('files are uploaded, processed, served and deleted while Redis is dead; what was told meanwhile is told later', async () => {
  const jpeg = await plain();
  const before = await upload(ada.client, jpeg);
  await redis.kill();
  const during = await upload(ada.client, jpeg);
  expect(during.status).toBe('COMPLETED');
  expect((await fetch(during.url ?? '')).status).toBe(200);
  expect(await byReference(bob.client, during.id)).toEqual([expect.objectContaining({ id: during.id })]);
  expect((await remove(ada.client, before.id)).errors).toEqual([]);
  expect((await fetch(before.url ?? '')).status).toBe(404);

  // A process may be born into the outage.
  const born = await media.startInstance();
  expect((await upload(media.client(ada.id, born), jpeg)).status).toBe('COMPLETED');

  await redis.start();
  const outbox = media.db.collection('outbox');
  await eventually(async () => (await outbox.countDocuments({ publishedAt: null })) === 0);
  const postId = new ObjectId().toHexString();
  const created = createEvent({
    type: 'PostCreated',
    aggregateId: postId,
    version: 1,
    payload: {
      postId,
      authorId: ada.id,
      visibility: 'Public',
      kind: 'Photo',
      mediaIds: [during.id],
      taggedUserIds: [],
    },
  });
  await eventually(() => media.bus.publish([created]).then(() => true));
  await eventually(async () => {
    const file = await media.db.collection('media_files').findOne({ _id: new ObjectId(during.id) });
    return file?.usageCount === 1;
  });
}, 60_000);
