import { randomUUID } from 'node:crypto';
import { indexUseOf, mediaDatabase, migrateMongoDatabase } from '@postbook/db/media';
import { createMongoTransactor, type MongoTransaction, type PageRequest, type TimeKey } from '@postbook/service-kit';
import { dropMongoDatabase, testStores, uniqueName } from '@postbook/testkit';
import { type Db, type Document, MongoClient, ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMediaRepository } from '../src/media/media-repository.ts';
import { createProcessingRepository } from '../src/processing/processing-repository.ts';
import { createReferenceRepository } from '../src/reference/reference-repository.ts';
import { createSweepRepository } from '../src/sweep/sweep-repository.ts';
import { createUploadRepository } from '../src/upload/upload-repository.ts';

// The commands that repositories really send are caught on their way and explained, so that a query can't drift away
// from its test.
const FILES = 4_000;
const database = uniqueName('plans');
const client = new MongoClient(testStores().mongodbUrl, { monitorCommands: true });
const sent: Document[] = [];
client.on('commandStarted', ({ command, commandName }) => {
  if (['find', 'update', 'delete', 'findAndModify'].includes(commandName)) sent.push(command);
});
const transactor = createMongoTransactor(client);
let db: Db;

const people = Array.from({ length: 20 }, () => randomUUID());
const [me = ''] = people;
const now = new Date();
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const ids = Array.from({ length: FILES }, () => new ObjectId());
const hex = ids.map((id) => id.toHexString());
const [first = ''] = hex;

const fileOf = (_id: ObjectId, n: number): Document => ({
  _id,
  userId: people[n % people.length],
  fileName: `${n}.jpg`,
  originalFileName: `Picture ${n}.jpg`,
  fileType: n % 3 === 0 ? 'Video' : 'Image',
  mimeType: 'image/jpeg',
  fileSize: 1_000,
  storageProvider: 'Local',
  storagePath: `incoming/${n}/a`,
  category: n % 4 === 0 ? 'chat' : 'post',
  tags: [`tag${n % 50}`],
  processingStatus: n % 10 === 0 ? 'Processing' : 'Completed',
  processingStartedAt: minutesAgo(n),
  processingAttempts: 1,
  ...(n % 20 === 1 ? { queuedAt: minutesAgo(n) } : {}),
  ...(n % 20 === 2 ? { uploadExpiresAt: minutesAgo(-n) } : {}),
  ...(n % 5 === 0 ? { expiresAt: minutesAgo(2_000 - n) } : {}),
  ...(n % 2 === 0 ? { clientMutationId: `request ${n}` } : {}),
  usageCount: 0,
  isPublic: false,
  isDeleted: n % 7 === 0,
  uploadedAt: minutesAgo(n),
  updatedAt: now,
  version: 1,
});

beforeAll(async () => {
  await client.connect();
  db = client.db(database);
  await migrateMongoDatabase(db, mediaDatabase);
  await db.collection('media_files').insertMany(ids.map(fileOf));
  await db
    .collection('media_references')
    .insertMany(ids.map((mediaId, n) => ({ mediaId, entityType: 'Post', entityId: `post${Math.floor(n / 4)}` })));
  await db
    .collection<{ _id: string }>('media_referrers')
    .insertMany(ids.map((_id, n) => ({ _id: `Post:post${n}`, version: 1 })) as never);
  await db.collection<{ _id: string }>('upload_quotas').insertMany(
    Array.from({ length: FILES }, (_, n) => {
      const userId = randomUUID();
      return { _id: `${userId}:2026-11-25`, userId, bytes: 1, files: 1, expiresAt: minutesAgo(-n) };
    }) as never,
  );
});
afterAll(async () => {
  await client.close();
  await dropMongoDatabase(database);
});

/** The reads that a command makes: its own, or those of what it writes. */
function readsOf(command: Document): Document[] {
  if (command.find) {
    const options = ['filter', 'sort', 'limit', 'projection', 'hint'];
    return [
      {
        find: command.find,
        ...Object.fromEntries(options.flatMap((name) => (name in command ? [[name, command[name]]] : []))),
      },
    ];
  }
  if (command.findAndModify) return [{ find: command.findAndModify, filter: command.query }];
  const collection = command.update ?? command.delete;
  return (command.updates ?? command.deletes).map(({ q }: Document) => ({ find: collection, filter: q }));
}

async function plansOf(work: () => Promise<unknown>) {
  sent.length = 0;
  await work();
  const commands = sent.splice(0);
  expect(commands.length).toBeGreaterThan(0);
  const plans: string[] = [];
  for (const command of commands) {
    expect(command.comment, 'every query is named').toMatch(/^\w+\.\w+$/);
    for (const read of readsOf(command)) {
      const { indexes, scansCollection, sortsInMemory } = indexUseOf(
        await db.command({ explain: read, verbosity: 'queryPlanner' }),
      );
      plans.push([...indexes, ...(scansCollection ? ['SCAN'] : []), ...(sortsInMemory ? ['SORT'] : [])].join('+'));
    }
  }
  return plans;
}

/** The plans of what is done in a transaction, which is then undone. */
const undone = (work: (tx: MongoTransaction) => Promise<unknown>) =>
  plansOf(async () => {
    const undo = new Error('undo');
    await transactor
      .run(async (tx) => {
        await work(tx);
        throw undo;
      })
      .catch((error: unknown) => expect(error).toBe(undo));
  });

const key = (at: Date): TimeKey => ({ at, id: new ObjectId().toHexString() });
const PAGES: [string, PageRequest<TimeKey>][] = [
  ['the first page', { limit: 20, direction: 'forward' }],
  ['a later page', { limit: 20, direction: 'forward', cursor: key(minutesAgo(2_000)) }],
  ['the last page', { limit: 20, direction: 'backward' }],
  ['an earlier page', { limit: 20, direction: 'backward', cursor: key(minutesAgo(2_000)) }],
];

describe('files of a person', () => {
  it.each(PAGES)('%s is read in order, of all, of one kind and for one purpose', async (_page, request) => {
    const { page } = createMediaRepository(db);
    expect(await plansOf(() => page(me, {}, request))).toEqual(['media_files_active']);
    expect(await plansOf(() => page(me, { kind: 'Video' }, request))).toEqual(['media_files_person_type']);
    expect(await plansOf(() => page(me, { category: 'chat' }, request))).toEqual(['media_files_person_category']);
    expect(await plansOf(() => page(me, { kind: 'Image', category: 'chat' }, request))).toEqual([
      'media_files_person_type',
    ]);
  });

  it('are read, kept, changed and deleted by their ids', async () => {
    const media = createMediaRepository(db);
    expect(await plansOf(() => media.byIds(hex.slice(0, 20)))).toEqual(['_id_']);
    expect(await plansOf(() => media.keepUntil(hex.slice(0, 20), now, minutesAgo(-100)))).toEqual(['_id_']);
    expect(await plansOf(() => media.updateTexts(first, me, { altText: 'a' }, now))).toEqual(['_id_']);
    expect(await undone((tx) => media.markDeleted(tx, first, me, now))).toEqual(['_id_']);
  });
});

describe('uploads', () => {
  it('are found by their request, counted by day and by person, and received by id', async () => {
    const uploads = createUploadRepository(db);
    expect(await plansOf(() => uploads.byRequest(me, 'request 40'))).toEqual(['media_files_request']);
    expect(await undone((tx) => uploads.count(tx, me, 1, now))).toEqual(['_id_', 'media_files_awaited']);
    const content = { kind: 'Image', mimeType: 'image/png', extension: 'png' } as const;
    const received = { id: first, content, sizeBytes: 1, storagePath: 'a', at: now, expiresAt: now };
    expect(await plansOf(() => uploads.receive(received))).toEqual(['_id_']);
  });
});

describe('processing', () => {
  it('finds what waits and what is stuck, oldest first, and writes by id', async () => {
    const processing = createProcessingRepository(db);
    expect(await plansOf(() => processing.waiting(now, 20))).toEqual(['media_files_queue']);
    expect(await plansOf(() => processing.stuck(minutesAgo(60), 20))).toEqual(['media_files_processing']);
    expect(await plansOf(() => processing.claim(first, now))).toEqual(['_id_']);
    expect(await plansOf(() => processing.isThere(first))).toEqual(['_id_']);
    const [file] = await createMediaRepository(db).byIds([first]);
    if (!file) throw new Error('no file');
    const claim = { file, startedAt: now };
    expect(await plansOf(() => processing.requeue(claim, now))).toEqual(['_id_']);
    expect(await undone((tx) => processing.fail(tx, claim, 'CORRUPT', now))).toEqual(['_id_']);
    const result = { storagePath: 'a', variants: [], facts: {} };
    expect(await undone((tx) => processing.complete(tx, claim, result, now))).toEqual(['_id_']);
  });
});

describe('references', () => {
  const referrer = { entityType: 'Post', entityId: 'post7', ownerId: me, mediaIds: [first], version: 5 } as const;

  it('are read by what refers and written by the files', async () => {
    const references = createReferenceRepository(db);
    expect(await undone((tx) => references.advance(tx, referrer, now))).toEqual(['_id_', '_id_']);
    expect(await undone((tx) => references.filesOf(tx, referrer))).toEqual(['media_references_of_entity']);
    expect(await undone((tx) => references.ownedAmong(tx, hex.slice(0, 10), me))).toEqual(['_id_']);
    expect(await undone((tx) => references.add(tx, referrer, hex.slice(0, 10)))).toEqual(['_id_']);
    const removed = await undone((tx) => references.remove(tx, referrer, hex.slice(0, 10), now));
    expect(removed.slice(1)).toEqual(['_id_', '_id_']);
    expect(['media_references_once', 'media_references_of_entity']).toContain(removed[0]);
  });
});

describe('the sweep', () => {
  it('finds what is over, oldest first, and what is a person’s', async () => {
    const sweep = createSweepRepository(db);
    expect(await plansOf(() => sweep.claimExpired(minutesAgo(1_000), 20))).toEqual([
      'media_files_expiry',
      '_id_',
      '_id_',
    ]);
    const [hidden] = await plansOf(() => sweep.expireAllOf(people[3] ?? '', now));
    expect(hidden).toMatch(/^media_files_(of_person|person_\w+|active)$/);
    const [owned] = await plansOf(() => sweep.ofOwner(people[4] ?? '', 50));
    expect(owned).toMatch(/^media_files_(of_person|person_\w+|active)$/);
    expect(await undone((tx) => sweep.remove(tx, hex.slice(0, 20)))).toEqual(['_id_', 'media_references_once']);
    expect(await undone((tx) => sweep.removeQuotas(tx, me))).toEqual(['upload_quotas_of_person']);
  });
});
