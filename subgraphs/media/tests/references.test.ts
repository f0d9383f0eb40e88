import { type AnyEvent, createEvent } from '@postbook/events';
import { eventually } from '@postbook/testkit';
import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERASURE_GROUP } from '../src/erasure/erasure-consumer.ts';
import { REFERENCE_GROUP } from '../src/reference/reference-consumer.ts';
import { type Media, type Person, startMedia } from './support/media.ts';
import { byReference, read, remove, request, upload } from './support/operations.ts';
import { plain } from './support/pictures.ts';

const DAY_MS = 24 * 60 * 60_000;

let media: Media;
let ada: Person;
let bob: Person;
let jpeg: Buffer;
beforeAll(async () => {
  media = await startMedia({ instances: 2 });
  [ada, bob] = await media.people('ada', 'bob');
  jpeg = await plain();
});
afterAll(() => media.stop());

const newId = () => new ObjectId().toHexString();
const file = async (owner = ada) => (await upload(owner.client, jpeg)).id;
const stored = (id: string) => media.db.collection('media_files').findOne({ _id: new ObjectId(id) });
const tell = (...events: readonly AnyEvent[]) => media.world.publishTo(REFERENCE_GROUP, ...events);

/** What refers to a file, how often that is counted, and whether it is kept. */
async function usageOf(id: string) {
  const document = await stored(id);
  const references = await media.db
    .collection('media_references')
    .find({ mediaId: new ObjectId(id) })
    .toArray();
  return {
    usedIn: references.map(({ entityType, entityId }) => `${entityType}:${entityId}`).sort(),
    count: document?.usageCount,
    isKept: document?.expiresAt === undefined,
  };
}
const UNUSED = { usedIn: [], count: 0, isKept: false };
const usedIn = (...entities: string[]) => ({ usedIn: entities.sort(), count: entities.length, isKept: true });

const post = (
  postId: string,
  mediaIds: string[],
  version: number,
  type: 'PostCreated' | 'PostUpdated' = 'PostCreated',
  author = ada,
) => {
  const payload = { postId, authorId: author.id, visibility: 'Public', mediaIds } as const;
  return type === 'PostCreated'
    ? createEvent({ type, aggregateId: postId, version, payload: { ...payload, kind: 'Photo', taggedUserIds: [] } })
    : createEvent({ type, aggregateId: postId, version, payload });
};
const postGone = (postId: string, version: number) =>
  createEvent({
    type: 'PostDeleted',
    aggregateId: postId,
    version,
    payload: { postId, authorId: ada.id, visibility: 'Public' },
  });
const message = (messageId: string, mediaIds: string[], version: number) => ({
  conversationId: newId(),
  sequence: version,
  messageId,
  senderId: ada.id,
  messageNumber: version,
  mediaIds,
});
const sent = (messageId: string, mediaIds: string[], version = 2) => {
  const payload = {
    ...message(messageId, mediaIds, version),
    conversationKind: 'Direct' as const,
    mentionedUserIds: [],
    isRequest: false,
  };
  return createEvent({ type: 'MessageSent', aggregateId: payload.conversationId, version, payload });
};
const messageGone = (messageId: string, version = 3) => {
  const payload = { ...message(messageId, [], version), deletedById: ada.id };
  return createEvent({ type: 'MessageDeleted', aggregateId: payload.conversationId, version, payload });
};
const profile = (
  person: Person,
  version: number,
  files: { avatarMediaId?: string | null; coverMediaId?: string | null },
) =>
  createEvent({
    type: 'UserProfileUpdated',
    aggregateId: person.id,
    version,
    payload: { userId: person.id, username: person.name, displayName: person.name, avatarUrl: null, ...files },
  });

describe('a file', () => {
  it('is kept while a post, a message or a profile refers to it, and counted', async () => {
    const [id, postId, messageId] = [await file(), newId(), newId()];
    expect(await usageOf(id)).toEqual(UNUSED);
    await tell(post(postId, [id], 1));
    expect(await usageOf(id)).toEqual(usedIn(`Post:${postId}`));
    await tell(sent(messageId, [id]), profile(ada, 10, { avatarMediaId: id, coverMediaId: id }));
    expect(await usageOf(id)).toEqual(usedIn(`Post:${postId}`, `Message:${messageId}`, `Profile:${ada.id}`));
    await tell(postGone(postId, 2), messageGone(messageId));
    expect(await usageOf(id)).toEqual(usedIn(`Profile:${ada.id}`));
    await tell(profile(ada, 11, { avatarMediaId: null, coverMediaId: null }));
    expect(await usageOf(id)).toEqual(UNUSED);
    const expiresAt = (await stored(id))?.expiresAt;
    expect(Math.abs(expiresAt - media.clock.now().getTime() - DAY_MS)).toBeLessThan(60_000);
  });

  it('follows what a post that was changed refers to', async () => {
    const [one, two, three, postId] = [await file(), await file(), await file(), newId()];
    await tell(post(postId, [one, two], 1));
    await tell(post(postId, [two, three], 2, 'PostUpdated'));
    expect(await Promise.all([one, two, three].map(usageOf))).toEqual([
      UNUSED,
      usedIn(`Post:${postId}`),
      usedIn(`Post:${postId}`),
    ]);
  });

  it('is counted once, however often an event comes', async () => {
    const [id, postId] = [await file(), newId()];
    const created = post(postId, [id], 1);
    await tell(created);
    await media.bus.publish([created, created]);
    await tell(post(postId, [id], 2, 'PostUpdated'));
    expect(await usageOf(id)).toEqual(usedIn(`Post:${postId}`));
  });

  it('is not brought back by an event that is late', async () => {
    const [id, postId, messageId] = [await file(), newId(), newId()];
    await tell(postGone(postId, 3), messageGone(messageId, 5));
    await tell(post(postId, [id], 1), post(postId, [id], 2, 'PostUpdated'), sent(messageId, [id], 4));
    expect(await usageOf(id)).toEqual(UNUSED);
    await tell(profile(bob, 30, { avatarMediaId: null }));
    const own = await file(bob);
    await tell(profile(bob, 29, { avatarMediaId: own }));
    expect(await usageOf(own)).toEqual(UNUSED);
  });

  it('is counted right when many refer to it at once', async () => {
    const [id, posts] = [await file(), Array.from({ length: 12 }, newId)];
    await tell(...posts.map((postId) => post(postId, [id], 1)));
    expect(await usageOf(id)).toEqual(usedIn(...posts.map((postId) => `Post:${postId}`)));
    await tell(...posts.slice(2).map((postId) => postGone(postId, 2)));
    expect(await usageOf(id)).toEqual(usedIn(...posts.slice(0, 2).map((postId) => `Post:${postId}`)));
  });

  it('is not kept by others who name it, nor does a file that doesn’t exist harm anybody', async () => {
    const id = await file();
    await tell(post(newId(), [id, newId()], 1, 'PostCreated', bob), profile(bob, 40, { avatarMediaId: id }));
    expect(await usageOf(id)).toEqual(UNUSED);
  });

  it('is not touched by profiles from before pictures were files', async () => {
    const id = await file(bob);
    await tell(profile(bob, 50, { avatarMediaId: id }));
    // It leaves no trace: events of one profile are handled in their order, so that the one after it tells.
    await media.bus.publish([profile(bob, 51, {})]);
    await tell(profile(bob, 52, { avatarMediaId: id }));
    expect(await usageOf(id)).toEqual(usedIn(`Profile:${bob.id}`));
  });
});

describe('the sweep', () => {
  it('removes what nothing refers to for a day, blobs and all, and keeps what something does', async () => {
    const [unused, used, dropped, postId] = [await file(), await file(), await file(), newId()];
    const { media: awaited } = await request(ada.client, { sizeBytes: 10 });
    await tell(post(newId(), [used], 1), post(postId, [dropped], 1));
    media.clock.advance(DAY_MS + 60_000);
    await tell(postGone(postId, 2));
    await media.runJob('media-sweep');
    const isThere = async (id: string) => {
      const blobs = (await media.blobs()).filter((path) => path.includes(id)).length;
      return [(await read(ada.client, id)) !== null, blobs];
    };
    expect(await isThere(unused)).toEqual([false, 0]);
    expect(await isThere(awaited.id)).toEqual([false, 0]);
    expect(await isThere(used)).toEqual([true, 4]);
    expect(await isThere(dropped)).toEqual([true, 4]);
    media.clock.advance(DAY_MS + 60_000);
    await media.runJob('media-sweep');
    expect(await isThere(dropped)).toEqual([false, 0]);
    expect(await isThere(used)).toEqual([true, 4]);
  });

  it('takes what refers to a deleted file with it', async () => {
    const [id, postId] = [await file(), newId()];
    await tell(post(postId, [id], 1));
    await remove(ada.client, id);
    expect(await byReference(bob.client, id)).toEqual([null]);
    await eventually(async () => (await stored(id)) === null);
    expect(await media.db.collection('media_references').countDocuments({ mediaId: new ObjectId(id) })).toBe(0);
    // Its post is changed and deleted as if nothing had happened.
    await tell(post(postId, [id], 2, 'PostUpdated'), postGone(postId, 3));
    expect(await media.db.collection('media_references').countDocuments({ mediaId: new ObjectId(id) })).toBe(0);
  });

  it('goes on where it was cut off: a row stays as long as a blob may', async () => {
    const id = await file();
    // As the sweep leaves it that is killed after it took the file.
    await media.db
      .collection('media_files')
      .updateOne({ _id: new ObjectId(id) }, { $set: { isDeleted: true, expiresAt: new Date(0) } });
    await media.runJob('media-sweep');
    expect([await stored(id), (await media.blobs()).filter((path) => path.includes(id))]).toEqual([null, []]);
  });
});

describe('a person whose account is purged', () => {
  it('leaves no file, no blob and no count, tells whoever refers to them, and gets a receipt', async () => {
    const [eve] = await media.people('eve');
    const ids = [await file(eve), await file(eve)];
    const { media: awaited } = await request(eve.client, { sizeBytes: 10 });
    const others = await file();
    await tell(post(newId(), [ids[0] ?? ''], 1, 'PostCreated', eve));
    const purged = createEvent({ type: 'UserPurged', aggregateId: eve.id, version: 9, payload: { userId: eve.id } });
    await media.world.publishTo(ERASURE_GROUP, purged);

    const blobs = await media.blobs();
    for (const id of [...ids, awaited.id]) {
      expect([await stored(id), blobs.filter((path) => path.includes(id))]).toEqual([null, []]);
    }
    expect(
      await media.db
        .collection('media_references')
        .countDocuments({ mediaId: { $in: ids.map((id) => new ObjectId(id)) } }),
    ).toBe(0);
    expect(await media.db.collection('upload_quotas').countDocuments({ userId: eve.id })).toBe(0);
    expect(await stored(others)).not.toBeNull();
    const events = await media.events();
    const told = events.filter(({ type, payload }) => type === 'MediaDeleted' && payload.ownerId === eve.id);
    expect(told.map(({ aggregateId }) => aggregateId).sort()).toEqual([...ids, awaited.id].sort());
    const receipts = () =>
      media
        .events()
        .then((all) => all.filter(({ type, aggregateId }) => type === 'UserDataErased' && aggregateId === eve.id));
    expect(await receipts()).toEqual([
      expect.objectContaining({ version: 9, payload: { userId: eve.id, service: 'media', erasedItems: 3 } }),
    ]);
    // Told twice, nothing happens twice.
    await media.bus.publish([purged]);
    await tell(post(newId(), [others], 1));
    expect(await receipts()).toHaveLength(1);
  });
});
