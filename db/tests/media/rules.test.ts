import { randomUUID } from 'node:crypto';
import { type Document, ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mediaDatabase, migrateMongoDatabase } from '../../src/media/index.ts';
import { brokenRules, fieldsWithout, ruleCases } from '../mongo/rule-cases.ts';
import { fullSamples, type MediaStore, openMediaStore, samples } from './media-store.ts';

let store: MediaStore;
beforeAll(async () => {
  store = await openMediaStore();
});
afterAll(() => store.drop());

type Name = keyof typeof samples;
const definitionOf = (name: string) => {
  const found = mediaDatabase.collections.find((collection) => collection.name === name);
  if (!found) throw new Error(`There is no collection ${name}`);
  return found;
};
const insert = async (name: Name, change: Document = {}) => {
  try {
    await store.db.collection(name).insertOne({ ...samples[name](), ...change });
    return 'taken';
  } catch (error) {
    return (error as { code: number }).code;
  }
};
const DUPLICATE = 11_000;

describe('the rules of media', () => {
  it.each(Object.keys(samples) as Name[])(
    'of %s take what is at their limits and refuse what is beyond',
    async (name) => {
      const sample = fullSamples[name];
      const definition = definitionOf(name);
      expect(fieldsWithout(definition.validator.$jsonSchema, sample())).toEqual([]);
      expect(await brokenRules(store.db, name, ruleCases(definition, sample))).toEqual([]);
    },
  );
});

describe('the rules of uniqueness of media', () => {
  const mediaId = new ObjectId();
  const userId = randomUUID();

  it.each<[string, Name, Document]>([
    ['one file for each request of a person', 'media_files', { userId, clientMutationId: 'a' }],
    ['one reference for each file and entity', 'media_references', { mediaId, entityType: 'Post', entityId: 'a' }],
    ['one version for each entity', 'media_referrers', { _id: 'Post:a' }],
    ['one count for each person and day', 'upload_quotas', { _id: `${userId}:2026-11-25` }],
  ])('hold: %s', async (_rule, name, key) => {
    expect(await insert(name, key)).toBe('taken');
    expect(await insert(name, key)).toBe(DUPLICATE);
  });

  it('don’t hold files without a client id, nor the same client id of others', async () => {
    expect([await insert('media_files', { userId }), await insert('media_files', { userId })]).toEqual([
      'taken',
      'taken',
    ]);
    expect(await insert('media_files', { clientMutationId: 'a' })).toBe('taken');
  });
});

describe('the indexes of media', () => {
  it('end what is kept for a time by themselves, and never a file: its blobs would stay', async () => {
    const ttl = mediaDatabase.collections.flatMap(({ name, indexes }) =>
      indexes
        .filter(({ options }) => options?.expireAfterSeconds === 0)
        .map((index) => `${name}.${Object.keys(index.key)}`),
    );
    expect(ttl).toEqual(['media_referrers.forgetAt', 'upload_quotas.expiresAt']);
  });

  it('find a file by words of its name, its description and its tags, whatever language it names', async () => {
    const files = store.db.collection('media_files');
    const owner = randomUUID();
    const { insertedIds } = await files.insertMany([
      { ...samples.media_files(), userId: owner, originalFileName: 'quokka.jpg' },
      { ...samples.media_files(), userId: owner, description: 'A quokka smiles' },
      { ...samples.media_files(), userId: owner, tags: ['quokka'] },
      { ...samples.media_files(), userId: owner },
    ]);
    const found = await files.find({ userId: owner, $text: { $search: 'quokka' } }).toArray();
    expect(found.map(({ _id }) => _id.toHexString()).sort()).toEqual(
      [0, 1, 2].map((n) => insertedIds[n]?.toHexString()).sort(),
    );
  });
});

describe('the definition of media', () => {
  it('has all eight indexes of the specification and says of every index what it serves', () => {
    const serves = mediaDatabase.collections.flatMap(({ indexes }) => indexes.map((index) => index.serves));
    for (const text of serves) expect(text).not.toBe('');
    for (let n = 1; n <= 8; n += 1) expect(serves.some((text) => text.includes(`index ${n}`))).toBe(true);
  });

  it('changes nothing in a database that is as defined', async () => {
    expect(await migrateMongoDatabase(store.db, mediaDatabase)).toEqual([]);
  });
});
