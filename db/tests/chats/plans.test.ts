import { randomUUID } from 'node:crypto';
import { type Document, ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IndexUse, indexUseOf } from '../../src/mongo/index.ts';
import { type ChatsStore, openChatsStore, samples } from './chats-store.ts';

const PEOPLE = Array.from({ length: 50 }, () => randomUUID());
const ROOMS = Array.from({ length: 60 }, () => new ObjectId());
const [me = ''] = PEOPLE;
const [room = new ObjectId()] = ROOMS;
const someone = (n: number) => PEOPLE[n % PEOPLE.length] ?? '';

let store: ChatsStore;

beforeAll(async () => {
  store = await openChatsStore();
  const fill = (name: string, documents: Document[]) => store.db.collection(name).insertMany(documents);
  await fill(
    'conversations',
    Array.from({ length: 3000 }, (_, n) => ({
      ...samples.conversations(),
      memberIds: [someone(n), someone(n * 7 + 3)],
      createdById: someone(n),
      lastActivityAt: new Date(1.7e12 + ((n * 7919) % 3000) * 1000),
      ...(n % 2 === 0 ? { clientMutationId: `request ${n}` } : {}),
      ...(n % 10 === 0 ? { messageRequest: { fromUserId: someone(n), status: 'Pending' } } : {}),
    })),
  );
  await fill(
    'members',
    ROOMS.flatMap((conversationId) =>
      PEOPLE.map((userId, n) => ({ ...samples.members(), conversationId, userId, joinedSequence: n + 1 })),
    ),
  );
  await fill(
    'messages',
    ROOMS.flatMap((conversationId) =>
      Array.from({ length: 100 }, (_, n) => ({
        ...samples.messages(),
        conversationId,
        number: n + 1,
        senderId: someone(n),
        createdAt: new Date(1.7e12 + n * 1000),
        mentions: [someone(n + 1)],
        ...(n % 2 === 0 ? { clientMessageId: `m ${n}` } : {}),
        ...(n % 3 === 0 ? { replyTo: { messageId: ROOMS[n % 5], senderId: me } } : {}),
      })),
    ),
  );
  const traces = ROOMS.flatMap((conversationId) =>
    PEOPLE.map((userId, n) => ({ conversationId, userId, messageId: ROOMS[n % 10] ?? conversationId, number: n + 1 })),
  );
  await fill(
    'receipts',
    traces.map(({ conversationId, userId, number }) => ({
      ...samples.receipts(),
      conversationId,
      userId,
      upTo: number,
    })),
  );
  await fill(
    'message_reactions',
    traces.map(({ number, ...trace }) => ({
      ...samples.message_reactions(),
      ...trace,
      createdAt: new Date(1.7e12 + number * 1000),
    })),
  );
  await fill(
    'message_deletions',
    traces.map((trace) => ({ ...samples.message_deletions(), ...trace })),
  );
  await fill(
    'message_edits',
    traces.map(({ conversationId, messageId, number }) => ({
      ...samples.message_edits(),
      conversationId,
      messageId,
      revision: number,
    })),
  );
  await fill(
    'conversation_events',
    ROOMS.flatMap((conversationId) =>
      Array.from({ length: 100 }, (_, n) => ({ ...samples.conversation_events(), conversationId, sequence: n + 1 })),
    ),
  );
});
afterAll(() => store.drop());

/** How the server would answer a query of a repository. */
async function planOf(collection: string, filter: Document, sort?: Document): Promise<IndexUse> {
  const query = store.db.collection(collection).find(filter);
  return indexUseOf(await (sort ? query.sort(sort).limit(21) : query).explain());
}

describe('every query of the repositories reads an index', () => {
  const at = new Date(1.7e12 + 1_500_000);

  it.each<[string, string, Document, Document | undefined, string]>([
    [
      'history from a cursor',
      'messages',
      { conversationId: room, number: { $gte: 10, $lte: 80 } },
      { number: -1 },
      'messages_in_order',
    ],
    [
      'the newest messages of many conversations',
      'messages',
      { $or: ROOMS.slice(0, 20).map((conversationId, n) => ({ conversationId, number: n + 50 })) },
      undefined,
      'messages_in_order',
    ],
    [
      'what requests have stored already',
      'messages',
      { $or: [1, 2].map((n) => ({ conversationId: room, senderId: someone(n), clientMessageId: `m ${n}` })) },
      undefined,
      'messages_sent_once',
    ],
    [
      'own messages after a watermark',
      'messages',
      { $or: [{ conversationId: room, senderId: me, number: { $gte: 10, $lte: 90 } }] },
      undefined,
      'messages_own',
    ],
    [
      'changes after a cursor',
      'conversation_events',
      { conversationId: room, sequence: { $gt: 40 } },
      { sequence: 1 },
      'conversation_events_in_order',
    ],
    [
      'a person in conversations',
      'members',
      { conversationId: { $in: ROOMS.slice(0, 5) }, userId: me },
      undefined,
      'members_one_per_person',
    ],
    [
      'a person in one conversation',
      'members',
      { conversationId: { $in: [room] }, userId: me },
      undefined,
      'members_one_per_person',
    ],
    [
      'some people in a conversation',
      'members',
      { conversationId: room, userId: { $in: PEOPLE.slice(0, 5) } },
      undefined,
      'members_one_per_person',
    ],
    [
      'members from a cursor',
      'members',
      {
        $and: [
          { conversationId: room, leftSequence: null },
          { joinedSequence: { $gte: 10 }, $or: [{ joinedSequence: { $gt: 10 } }, { userId: { $gt: me } }] },
        ],
      },
      { joinedSequence: 1, userId: 1 },
      'members_in_order',
    ],
    [
      'both members of many chats',
      'members',
      { conversationId: { $in: ROOMS.slice(0, 20) }, leftSequence: null },
      undefined,
      'members_in_order',
    ],
    [
      'memberships of a person',
      'members',
      { userId: me, leftSequence: null, conversationId: { $gt: room } },
      { conversationId: 1 },
      'members_of_person',
    ],
    [
      'the group that a request made',
      'conversations',
      { createdById: me, clientMutationId: 'request 50' },
      undefined,
      'conversations_request',
    ],
    [
      'messages of a sender, for export and erasure',
      'messages',
      { senderId: me, createdAt: { $lte: at } },
      { createdAt: -1, _id: -1 },
      'messages_of_sender',
    ],
    [
      'answers to a message',
      'messages',
      { 'replyTo.messageId': room, number: { $gte: 1 } },
      { number: 1 },
      'messages_replies',
    ],
    [
      'when members had read up to a message',
      'receipts',
      { conversationId: room, kind: 'Read', userId: { $in: PEOPLE.slice(0, 5) }, upTo: { $gte: 3 } },
      undefined,
      'receipts_of_member',
    ],
    [
      'own reactions to a page of messages',
      'message_reactions',
      { conversationId: room, messageId: { $in: ROOMS.slice(0, 5) }, userId: me },
      undefined,
      'message_reactions_one_per_person',
    ],
    [
      'who reacted to a message',
      'message_reactions',
      { conversationId: room, messageId: room, createdAt: { $lte: at } },
      { createdAt: -1, _id: -1 },
      'message_reactions_in_order',
    ],
    [
      'reactions of a person',
      'message_reactions',
      { userId: me, createdAt: { $lte: at } },
      { createdAt: -1, _id: -1 },
      'message_reactions_of_person',
    ],
    [
      'what a reader deleted of a page',
      'message_deletions',
      { conversationId: room, userId: me, number: { $gte: 1, $lte: 50 } },
      undefined,
      'message_deletions_once',
    ],
    [
      'what a person deleted',
      'message_deletions',
      { userId: me, _id: { $gt: room } },
      { _id: 1 },
      'message_deletions_of_person',
    ],
    [
      'earlier texts of a message',
      'message_edits',
      { conversationId: room, messageId: room, revision: { $gte: 1 } },
      { revision: 1 },
      'message_edits_in_order',
    ],
    [
      'conversations of a type, for operators',
      'conversations',
      { type: 'Group', lastActivityAt: { $lte: at } },
      { lastActivityAt: -1 },
      'conversations_type',
    ],
  ])('%s', async (_what, collection, filter, sort, index) => {
    const plan = await planOf(collection, filter, sort);
    expect(plan).toEqual({ indexes: [index], scansCollection: false, sortsInMemory: false });
  });

  it('the conversations of a person, from a cursor', async () => {
    const page = { lastActivityAt: { $lte: at }, $or: [{ lastActivityAt: { $lt: at } }, { _id: { $lt: room } }] };
    const plan = await planOf('conversations', { memberIds: me, ...page }, { lastActivityAt: -1, _id: -1 });
    // DocumentDB sorts what it reads from an index over an array; MongoDB reads it in order. Both read one person's only.
    expect(plan).toMatchObject({ indexes: ['conversations_of_member'], scansCollection: false });
  });

  it('where a person is mentioned, and their message requests', async () => {
    // As above: an index over an array is sorted after it on DocumentDB.
    const mentions = await planOf('messages', { mentions: me, createdAt: { $lte: at } }, { createdAt: -1, _id: -1 });
    expect(mentions).toMatchObject({ indexes: ['messages_mentions'], scansCollection: false });
    const requests = await planOf(
      'conversations',
      { memberIds: me, 'messageRequest.status': 'Pending', lastActivityAt: { $lte: at } },
      { lastActivityAt: -1, _id: -1 },
    );
    expect(requests).toMatchObject({ indexes: ['conversations_pending'], scansCollection: false });
  });

  it('the outbox and the inbox', async () => {
    const outbox = await planOf('outbox', { publishedAt: null }, { _id: 1 });
    expect(outbox.indexes).toEqual(['outbox_unpublished']);
    expect((await planOf('inbox', { receivedAt: { $lt: at } })).scansCollection).toBe(false);
  });
});
