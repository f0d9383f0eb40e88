import { randomUUID } from 'node:crypto';
import { type Document, ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chatsDatabase } from '../../src/chats/index.ts';
import { brokenRules, fieldsWithout, isTaken, ruleCases } from '../mongo/rule-cases.ts';
import { type ChatsStore, fullSamples, ofType, openChatsStore, samples } from './chats-store.ts';

let store: ChatsStore;
beforeAll(async () => {
  store = await openChatsStore();
});
afterAll(() => store.drop());

type Name = keyof typeof samples;
const OWN: readonly Name[] = [
  'conversations',
  'direct_conversations',
  'members',
  'receipts',
  'messages',
  'message_reactions',
  'message_deletions',
  'message_edits',
  'conversation_events',
];
const definitionOf = (name: string) => {
  const found = chatsDatabase.collections.find((collection) => collection.name === name);
  if (!found) throw new Error(`There is no collection ${name}`);
  return found;
};
const takes = (name: Name, change: Document = {}) => isTaken(store.db, name, { ...samples[name](), ...change });

/** Words that belong to other kinds of documents than the sample: each has its own test below. */
const OF_OTHER_KINDS = ['type takes', 'messageType takes', 'kind takes'];
const isOfOtherKind = (rule: string) => OF_OTHER_KINDS.some((start) => rule.startsWith(start));

/** Fields that exclude others of the sample: each has its own test below. */
const OTHERWISE: Partial<Record<Name, string[]>> = { messages: ['contact.userId', 'deletedAt', 'deletedById'] };

describe('the rules of chats', () => {
  it.each(OWN)('of %s take what is at their limits and refuse what is beyond', async (name) => {
    const sample: () => Document = fullSamples[name] ?? samples[name];
    const definition = definitionOf(name);
    expect(fieldsWithout(definition.validator.$jsonSchema, sample())).toEqual(OTHERWISE[name] ?? []);
    const cases = ruleCases(definition, sample).filter(({ isAllowed, rule }) => !isAllowed || !isOfOtherKind(rule));
    expect(await brokenRules(store.db, name, cases)).toEqual([]);
  });
});

describe('a message', () => {
  it.each(Object.keys(ofType))('of the type %s is taken with what the type needs', async (type) => {
    expect(await takes('messages', ofType[type]?.())).toBe(true);
  });

  it.each<[string, string, Document]>([
    ['Text', 'without text', { content: '' }],
    ['Media', 'without files', { mediaIds: undefined }],
    ['Media', 'with an empty list of files', { mediaIds: [] }],
    ['Media', 'with eleven files', { mediaIds: Array.from({ length: 11 }, () => new ObjectId()) }],
    ['File', 'without files', { mediaIds: undefined }],
    ['Voice', 'without its length', { voice: undefined }],
    ['Voice', 'without its recording', { mediaIds: undefined }],
    ['Voice', 'with two recordings', { mediaIds: [new ObjectId(), new ObjectId()] }],
    ['Location', 'without a place', { location: undefined }],
    ['Location', 'with a place that has no coordinates', { location: { name: 'Nowhere' } }],
    ['Contact', 'without a person', { contact: undefined }],
    ['Contact', 'with a person who is nobody', { contact: { email: 'a@b.c' } }],
    ['Contact', 'with a member of the network under another name', { contact: { userId: randomUUID(), name: 'X' } }],
  ])('of the type %s is refused %s', async (type, _what, change) => {
    const document = Object.fromEntries(
      Object.entries({ ...samples.messages(), ...ofType[type]?.(), ...change }).filter(
        ([, value]) => value !== undefined,
      ),
    );
    expect(await isTaken(store.db, 'messages', document)).toBe(false);
  });

  it('is a tombstone when it was deleted, whatever its type was, and then has no text', async () => {
    const deleted = { deletedAt: new Date(), deletedById: randomUUID() };
    for (const type of Object.keys(ofType)) {
      expect(await takes('messages', { messageType: type, content: '', ...deleted })).toBe(true);
    }
    expect(await takes('messages', { ...deleted, content: 'still here' })).toBe(false);
    expect(await takes('messages', { content: '', deletedAt: new Date() })).toBe(false);
    expect(await takes('messages', { ...deleted, content: '', deletedById: 'ada' })).toBe(false);
    expect(await takes('messages', { ...deleted, content: '', deletedAt: 'today' })).toBe(false);
  });

  it('may be edited, quoted, mention people and be counted reactions, as it was before those fields too', async () => {
    expect(await isTaken(store.db, 'messages', fullSamples.messages?.() ?? {})).toBe(true);
    expect(await takes('messages')).toBe(true);
  });
});

describe('a conversation', () => {
  it('between two is one of exactly two people; a group has a name', async () => {
    const [one, two, three] = [randomUUID(), randomUUID(), randomUUID()];
    expect(await takes('conversations', { type: 'OneOnOne', memberIds: [one, two] })).toBe(true);
    expect(await takes('conversations', { type: 'OneOnOne', memberIds: [one] })).toBe(false);
    expect(await takes('conversations', { type: 'OneOnOne', memberIds: [one, two, three] })).toBe(false);
    expect(await takes('conversations', { type: 'Group', name: '' })).toBe(false);
  });

  it.each(['Pending', 'Accepted', 'Declined'])('may have begun as a request that is %s', async (status) => {
    expect(await takes('conversations', { messageRequest: { fromUserId: randomUUID(), status } })).toBe(true);
  });

  it.each(['MessageSent', 'MemberJoined', 'MemberLeft', 'Created'])('has changes of the kind %s', async (kind) => {
    expect(await takes('conversation_events', { kind, userId: randomUUID(), messageId: new ObjectId() })).toBe(true);
  });
});

describe('what is kept once', () => {
  const [conversationId, messageId, userId] = [new ObjectId(), new ObjectId(), randomUUID()];

  it.each<[string, Name, Document, Document]>([
    ['one reaction per person and message', 'message_reactions', { emoji: '👍' }, { emoji: '🎉' }],
    ['one deletion per person and message', 'message_deletions', { number: 7 }, { number: 7 }],
    ['one earlier text per revision', 'message_edits', { revision: 1 }, { revision: 1, content: 'other' }],
  ])('%s', async (_rule, name, first, second) => {
    const insert = (change: Document) =>
      store.db
        .collection(name)
        .insertOne({ ...(samples[name]() as Document), conversationId, messageId, userId, ...change });
    await insert(first);
    await expect(insert(second)).rejects.toMatchObject({ code: 11_000 });
  });

  it('is so for each person, message and conversation on their own', async () => {
    const insert = (change: Document) =>
      takes('message_reactions', { conversationId, messageId, userId: randomUUID(), ...change });
    expect(await insert({})).toBe(true);
    expect(await insert({ messageId: new ObjectId(), userId })).toBe(true);
    const before = await store.db.collection('message_reactions').countDocuments({ messageId });
    expect(before).toBe(2);
  });
});

describe('search by words', () => {
  const room = new ObjectId();
  const words = async (collection: string, search: string, filter: Document) =>
    (
      await store.db
        .collection(collection)
        .find({ ...filter, $text: { $search: search } })
        .toArray()
    ).map(({ content, name }) => content ?? name);

  it('finds messages of the given conversations only, and none that was deleted', async () => {
    const send = (number: number, change: Document) =>
      store.db.collection('messages').insertOne({ ...samples.messages(), conversationId: room, number, ...change });
    await send(1, { content: 'Der Zug nach Wien' });
    await send(2, { content: 'the train to Vienna' });
    await send(3, { content: '', deletedAt: new Date(), deletedById: randomUUID() });
    await send(1, { conversationId: new ObjectId(), content: 'Zug in another room' });
    expect(await words('messages', 'zug', { conversationId: { $in: [room] } })).toEqual(['Der Zug nach Wien']);
    // No stemming and no stop words: the store doesn't know in which language people write.
    expect(await words('messages', 'the', { conversationId: { $in: [room] } })).toEqual(['the train to Vienna']);
    expect(await words('messages', 'trains', { conversationId: { $in: [room] } })).toEqual([]);
  });

  it('finds groups by name and description, those that want to be found', async () => {
    const group = (name: string, description: string, isDiscoverable: boolean) =>
      store.db.collection('conversations').insertOne({ ...samples.conversations(), name, description, isDiscoverable });
    await group('Chess club', 'Openings and endings', true);
    await group('Readers', 'who also like chess', true);
    await group('Chess in secret', '', false);
    const found = await words('conversations', 'chess', { isDiscoverable: true, type: 'Group' });
    expect(found.sort()).toEqual(['Chess club', 'Readers']);
  });
});
