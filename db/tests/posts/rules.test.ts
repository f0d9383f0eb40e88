import { randomUUID } from 'node:crypto';
import { type Document, Double, ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateMongoDatabase, postsDatabase } from '../../src/posts/index.ts';
import { brokenRules, fieldsWithout, isTaken, ruleCases } from '../mongo/rule-cases.ts';
import { fullSamples, ofKind, openPostsStore, type PostsStore, samples } from './posts-store.ts';

let store: PostsStore;
beforeAll(async () => {
  store = await openPostsStore();
});
afterAll(() => store.drop());

type Name = keyof typeof samples;
const NAMES = Object.keys(samples) as Name[];
const definitionOf = (name: string) => {
  const found = postsDatabase.collections.find((collection) => collection.name === name);
  if (!found) throw new Error(`There is no collection ${name}`);
  return found;
};
const takes = (name: Name, change: Document = {}) => isTaken(store.db, name, { ...samples[name](), ...change });
const without = (document: Document, field: string): Document =>
  Object.fromEntries(Object.entries(document).filter(([name]) => name !== field));

/** What other kinds of posts have, and what only a tombstone has: each has its own test below. */
const OF_OTHERS: Partial<Record<Name, string[]>> = {
  posts: ['mediaIds', 'linkPreview', 'poll', 'event', 'deletedAt', 'originalPostId', 'shareCaption'],
  comments: ['deletedAt', 'deletedById'],
};
/** Words that only fit with what another kind of document has. */
const NEEDS_MORE = /^postType takes/;

describe('the rules of posts', () => {
  it.each(NAMES)('of %s take a plain document', async (name) => {
    expect(await takes(name)).toBe(true);
  });

  it.each(NAMES)('of %s take what is at their limits and refuse what is beyond', async (name) => {
    const definition = definitionOf(name);
    const lacking = new Set(fieldsWithout(definition.validator.$jsonSchema, fullSamples[name]()));
    expect(lacking).toEqual(new Set(OF_OTHERS[name] ?? []));
    const cases = ruleCases(definition, fullSamples[name]).filter(
      ({ isAllowed, rule }) => !isAllowed || !NEEDS_MORE.test(rule),
    );
    expect(await brokenRules(store.db, name, cases)).toEqual([]);
  });

  it.each(['Link', 'Poll', 'Event', 'Share', 'Photo'])('of the parts of a %s hold too', async (kind) => {
    const sample = () => ({ ...fullSamples.posts(), ...ofKind[kind]?.() });
    const cases = ruleCases(definitionOf('posts'), sample).filter(({ rule }) => !NEEDS_MORE.test(rule));
    expect(await brokenRules(store.db, 'posts', cases)).toEqual([]);
  });
});

describe('a post', () => {
  it.each(Object.keys(ofKind))('of the kind %s is taken with what the kind needs', async (kind) => {
    expect(await takes('posts', ofKind[kind]?.())).toBe(true);
  });

  it.each<[string, string, Document | string]>([
    ['Text', 'without text', { content: '' }],
    ['Text', 'with files', { mediaIds: [new ObjectId()] }],
    ['Text', 'with a poll', { poll: ofKind.Poll?.().poll }],
    ['Photo', 'without files', 'mediaIds'],
    ['Photo', 'with an empty list of files', { mediaIds: [] }],
    ['Photo', 'with eleven files', { mediaIds: Array.from({ length: 11 }, () => new ObjectId()) }],
    ['Video', 'without files', 'mediaIds'],
    ['Link', 'without the page it leads to', 'linkPreview'],
    ['Link', 'to a page that is not https', { linkPreview: { url: 'http://example.org' } }],
    ['Poll', 'without its question', 'poll'],
    ['Poll', 'with files', { mediaIds: [new ObjectId()] }],
    ['Poll', 'with one option', { poll: { ...ofKind.Poll?.().poll, options: [{ id: '1', text: 'This', votes: 0 }] } }],
    ['Event', 'without what it is', 'event'],
    ['Share', 'without the post it shares', 'originalPostId'],
    ['Share', 'with a caption of 501 characters', { shareCaption: 'x'.repeat(501) }],
  ])('of the kind %s is refused %s', async (kind, _what, change) => {
    const whole = { ...samples.posts(), ...ofKind[kind]?.() };
    const document = typeof change === 'string' ? without(whole, change) : { ...whole, ...change };
    expect(await isTaken(store.db, 'posts', document)).toBe(false);
  });

  it('that was deleted says when, whatever its kind, and may have lost its content', async () => {
    for (const kind of Object.keys(ofKind)) {
      expect(await takes('posts', { ...ofKind[kind]?.(), isDeleted: true, deletedAt: new Date() })).toBe(true);
    }
    expect(await takes('posts', { postType: 'Poll', content: '', isDeleted: true, deletedAt: new Date() })).toBe(true);
    expect(await takes('posts', { isDeleted: true })).toBe(false);
  });

  it('knows whether it is deleted, and which audience it has', async () => {
    for (const field of ['isDeleted', 'audience', 'visibility', 'commentSequence', 'likesCount']) {
      expect(await isTaken(store.db, 'posts', without(samples.posts(), field))).toBe(false);
    }
  });
});

describe('a comment', () => {
  it('has text while it is there, and none once it is deleted', async () => {
    const deleted = { isDeleted: true, deletedAt: new Date(), deletedById: randomUUID() };
    expect(await takes('comments', { content: '' })).toBe(false);
    expect(await takes('comments', { ...deleted, content: '' })).toBe(true);
    expect(await takes('comments', { ...deleted, content: 'still here' })).toBe(false);
    expect(await takes('comments', { isDeleted: true, content: '' })).toBe(false);
  });

  it('may reply to another one', async () => {
    expect(await takes('comments', { parentCommentId: new ObjectId() })).toBe(true);
    expect(await isTaken(store.db, 'comments', without(samples.comments(), 'parentCommentId'))).toBe(false);
  });
});

describe('what is kept once', () => {
  const [postId, userId] = [new ObjectId(), randomUUID()];
  const id = `${randomUUID()}:${postId.toHexString()}`;

  it.each<[string, Name, Document, Document]>([
    [
      'a reaction per person and thing',
      'likes',
      { entityId: postId, userId },
      { entityId: postId, userId, reactionType: 'Sad' },
    ],
    ['a hashtag', 'hashtags', { tag: 'once' }, { tag: 'once', count: 9 }],
    [
      'a use of a hashtag per person and hour',
      'hashtag_usage',
      { userId, hour: new Date(0) },
      { userId, hour: new Date(0) },
    ],
    ['a vote per person and option', 'poll_votes', { postId, userId }, { postId, userId }],
    ['a sequence per post', 'comments', { postId, sequence: 7 }, { postId, sequence: 7 }],
    ['a post per request', 'posts', { userId, clientMutationId: 'a' }, { userId, clientMutationId: 'a' }],
    [
      'a comment per request',
      'comments',
      { postId, userId, sequence: 8, clientMutationId: 'a' },
      { postId, userId, sequence: 9, clientMutationId: 'a' },
    ],
    ['a post in a feed', 'timelines', { _id: id }, { _id: id }],
  ])('%s', async (_rule, name, first, second) => {
    const insert = (change: Document) =>
      store.db.collection(name).insertOne({ ...(samples[name]() as Document), ...change });
    await insert(first);
    await expect(insert(second)).rejects.toMatchObject({ code: 11_000 });
  });

  it('is so for each person, thing and request on their own', async () => {
    const insert = (name: Name, change: Document) =>
      store.db.collection(name).insertOne({ ...(samples[name]() as Document), ...change });
    await insert('likes', { entityId: postId, userId: randomUUID() });
    await insert('likes', { entityId: postId, entityType: 'Comment', userId });
    await insert('poll_votes', { postId, userId, optionId: '2' });
    await insert('posts', { userId, clientMutationId: 'b' });
    await insert('posts', { userId });
    await insert('posts', { userId });
    await insert('hashtag_usage', { userId, hour: new Date(3_600_000) });
  });
});

describe('what expires', () => {
  it.each<[string, string, number]>([
    ['hashtag_usage', 'hour', 31],
    ['post_views', 'day', 2],
  ])('in %s by %s, after %i days', async (name, field, days) => {
    const ttl = definitionOf(name).indexes.filter(({ options }) => options?.expireAfterSeconds !== undefined);
    expect(ttl).toMatchObject([{ key: { [field]: 1 }, options: { expireAfterSeconds: days * 24 * 60 * 60 } }]);
    const indexes = await store.db.collection(name).indexes();
    const expiry = indexes.find(({ name: index }) => index === `${name}_expiry`);
    expect(expiry).toMatchObject({ expireAfterSeconds: days * 24 * 60 * 60 });
  });
});

describe('search', () => {
  const insert = (change: Document) => store.db.collection('posts').insertOne({ ...samples.posts(), ...change });

  it('by words takes every language and leaves nothing out', async () => {
    await insert({ content: 'Der Zug nach Wien' });
    await insert({ content: 'the train to Vienna', visibility: 'Private' });
    const words = async (text: string) =>
      (
        await store.db
          .collection('posts')
          .find({ $text: { $search: text }, visibility: 'Public' })
          .toArray()
      ).map(({ content }) => content);
    expect(await words('zug')).toEqual(['Der Zug nach Wien']);
    expect(await words('vienna')).toEqual([]);
  });

  it('by place finds what is near, nearest first', async () => {
    const at = (longitude: number, latitude: number) => ({
      location: { coordinates: { type: 'Point', coordinates: [new Double(longitude), new Double(latitude)] } },
    });
    const owner = randomUUID();
    await insert({ userId: owner, content: 'Graz', ...at(15.44, 47.07) });
    await insert({ userId: owner, content: 'Wien', ...at(16.37, 48.21) });
    await insert({ userId: owner, content: 'Bratislava', ...at(17.11, 48.15) });
    const near = await store.db
      .collection('posts')
      .find({
        userId: owner,
        'location.coordinates': {
          $near: { $geometry: { type: 'Point', coordinates: [16.4, 48.2] }, $maxDistance: 100_000 },
        },
      })
      .toArray();
    expect(near.map(({ content }) => content)).toEqual(['Wien', 'Bratislava']);
  });
});

describe('the definition of posts', () => {
  it('says of every index what it serves', () => {
    for (const { indexes } of postsDatabase.collections) for (const { serves } of indexes) expect(serves).not.toBe('');
  });

  it('changes nothing in a database that is as defined', async () => {
    expect(await migrateMongoDatabase(store.db, postsDatabase)).toEqual([]);
  });
});
