import type { Document } from 'mongodb';
import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chatsDatabase, migrateMongoDatabase } from '../../src/chats/index.ts';
import { type ChatsStore, openChatsStore, samples } from './chats-store.ts';

let store: ChatsStore;
beforeAll(async () => {
  store = await openChatsStore();
});
afterAll(() => store.drop());

type Name = keyof typeof samples;

const codeOf = async (collection: string, document: Document): Promise<number | undefined> => {
  try {
    await store.db.collection(collection).insertOne(document);
    return undefined;
  } catch (error) {
    return (error as { code: number }).code;
  }
};
const insert = (name: Name, change: Document = {}) => codeOf(name, { ...samples[name](), ...change });
const without = (name: Name, field: string) => {
  const { [field]: _left, ...rest } = samples[name]() as Document;
  return codeOf(name, rest);
};

const INVALID = 121;
const DUPLICATE = 11_000;
const person = '018f4c1e-0000-7000-8000-000000000001';
const other = '018f4c1e-0000-7000-8000-000000000002';

describe('the validators of chats', () => {
  it.each(Object.keys(samples) as Name[])('take a document of %s that is as it should be', async (name) => {
    expect(await insert(name)).toBeUndefined();
  });

  it.each<[Name, string, Document]>([
    ['conversations', 'of a type that is none', { type: 'Channel' }],
    ['conversations', 'between three', { type: 'OneOnOne', memberIds: [person, other, person] }],
    ['conversations', 'between one', { type: 'OneOnOne', memberIds: [person] }],
    ['conversations', 'with a name of 101 characters', { name: 'x'.repeat(101) }],
    ['conversations', 'with a member who is no user', { memberIds: ['ada', 'bob'] }],
    ['conversations', 'with 501 members', { memberIds: Array.from({ length: 501 }, () => person) }],
    ['conversations', 'with a negative counter', { messageNumber: -1 }],
    ['conversations', 'without its sequence', { sequence: null }],
    ['direct_conversations', 'whose key is no pair', { _id: 'ada:bob' }],
    ['members', 'with a role that is none', { role: 'King' }],
    ['members', 'with a negative watermark', { lastReadNumber: -1 }],
    ['members', 'joined by no event', { joinedSequence: 0 }],
    ['receipts', 'of a kind that is none', { kind: 'Seen' }],
    ['receipts', 'up to nothing', { upTo: 0 }],
    ['messages', 'with 5,001 characters', { content: 'x'.repeat(5001) }],
    ['messages', 'of a type that is none', { messageType: 'Telegram' }],
    ['messages', 'numbered zero', { number: 0 }],
    ['messages', 'whose conversation is a text', { conversationId: 'f'.repeat(24) }],
    ['messages', 'with a client id of 65 characters', { clientMessageId: 'x'.repeat(65) }],
    ['conversation_events', 'of a message that is not named', { messageId: null }],
    ['conversation_events', 'of a kind that is none', { kind: 'Typing' }],
    ['user_cards', 'with a status that is none', { status: 'Asleep' }],
    ['relations', 'of a kind that is none', { kind: 'Foe' }],
    ['privacy_settings', 'for an audience that is none', { allowMessages: 'Cats' }],
  ])('refuse a document of %s %s', async (name, _what, change) => {
    expect(await insert(name, change)).toBe(INVALID);
  });

  it('refuse a group without a name, an event about nobody and a message without its number', async () => {
    expect(await without('conversations', 'name')).toBe(INVALID);
    expect(await insert('conversation_events', { kind: 'MemberJoined' })).toBe(INVALID);
    expect(await without('messages', 'number')).toBe(INVALID);
  });

  it('take a chat between two without a name', async () => {
    const { name: _name, ...rest } = samples.conversations();
    expect(await codeOf('conversations', { ...rest, type: 'OneOnOne' })).toBeUndefined();
  });
});

describe('the rules of uniqueness of chats', () => {
  const conversationId = new ObjectId();

  it.each<[string, Name, Document, Document]>([
    [
      'one conversation for each pair',
      'direct_conversations',
      { _id: `${person}:${other}` },
      { _id: `${person}:${other}` },
    ],
    ['one member for each person', 'members', { conversationId, userId: person }, { conversationId, userId: person }],
    ['one message for each number', 'messages', { conversationId, number: 1 }, { conversationId, number: 1 }],
    [
      'one event for each sequence',
      'conversation_events',
      { conversationId, sequence: 1 },
      { conversationId, sequence: 1 },
    ],
    [
      'one message for each client id of a sender',
      'messages',
      { conversationId, number: 10, senderId: person, clientMessageId: 'a' },
      { conversationId, number: 11, senderId: person, clientMessageId: 'a' },
    ],
    [
      'one group for each request of its creator',
      'conversations',
      { createdById: person, clientMutationId: 'a' },
      { createdById: person, clientMutationId: 'a' },
    ],
  ])('hold: %s', async (_rule, name, first, second) => {
    expect(await insert(name, first)).toBeUndefined();
    expect(await insert(name, second)).toBe(DUPLICATE);
  });

  it('don’t hold what has no client id, nor the same client id of others', async () => {
    const at = { conversationId: new ObjectId(), senderId: person };
    expect(await insert('messages', { ...at, number: 1 })).toBeUndefined();
    expect(await insert('messages', { ...at, number: 2 })).toBeUndefined();
    expect(await insert('messages', { ...at, number: 3, clientMessageId: 'a' })).toBeUndefined();
    expect(await insert('messages', { ...at, number: 4, senderId: other, clientMessageId: 'a' })).toBeUndefined();
    const create = () => insert('conversations', { createdById: other });
    expect([await create(), await create()]).toEqual([undefined, undefined]);
  });
});

describe('the definition of chats', () => {
  it('says of every index what it serves', () => {
    for (const { indexes } of chatsDatabase.collections) for (const { serves } of indexes) expect(serves).not.toBe('');
  });

  it('changes nothing in a database that is as defined', async () => {
    expect(await migrateMongoDatabase(store.db, chatsDatabase)).toEqual([]);
  });
});
