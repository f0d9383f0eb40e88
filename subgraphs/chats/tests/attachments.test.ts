import { randomUUID } from 'node:crypto';
import type { OwnedFile } from '@postbook/attachments/testing';
import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chats, type Person, startChats } from './support/chats.ts';
import { directChat, type UserError } from './support/operations.ts';

let chats: Chats;
let ada: Person;
let bob: Person;
let eve: Person;
let id: string;
beforeAll(async () => {
  chats = await startChats({ instances: 2 });
  [ada, bob, eve] = await chats.people('ada', 'bob', 'eve');
  id = await directChat(ada, bob);
});
afterAll(() => chats.stop());

interface Sent {
  readonly id: string;
  readonly type: string;
  readonly content: string;
  readonly attachments: readonly { readonly id: string }[];
}

const FIELDS = 'id type content attachments { id }';

/** Files of a person, ready to be sent unless told otherwise. */
function files(owner: Person, count: number, about: Partial<OwnedFile> = {}): string[] {
  return Array.from({ length: count }, () => {
    const mediaId = new ObjectId().toHexString();
    chats.media.files.set(mediaId, { ownerId: owner.id, category: 'CHAT', ...about });
    return mediaId;
  });
}

const trySend = (person: Person, input: Record<string, unknown>, instance = chats.instance()) =>
  chats
    .client(person.id, instance)
    .execute<{ sendMessage: { message: Sent | null; errors: UserError[] } }>(
      `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { ${FIELDS} } errors { code path } } }`,
      { input: { conversationId: id, ...input } },
    );

async function send(person: Person, input: Record<string, unknown>, instance = chats.instance()): Promise<Sent> {
  const { data, errors } = await trySend(person, input, instance);
  if (!data?.sendMessage.message) throw new Error(`not sent: ${JSON.stringify(errors ?? data)}`);
  return data.sendMessage.message;
}

describe('a message with files', () => {
  it('needs no words, and shows its files in their order', async () => {
    const mediaIds = files(ada, 10);
    const message = await send(ada, { mediaIds });
    expect(message).toMatchObject({
      type: 'MEDIA',
      content: '',
      attachments: mediaIds.map((mediaId) => ({ id: mediaId })),
    });
    const { conversation } = await bob.client.data<{ conversation: { messages: { nodes: Sent[] } } }>(
      `query ($id: ID!) { conversation(id: $id) { messages(last: 1) { nodes { ${FIELDS} } } } }`,
      { id },
    );
    expect(conversation.messages.nodes).toEqual([message]);
  });

  it('may have words, and files of every kind', async () => {
    const mediaIds = (['IMAGE', 'VIDEO', 'AUDIO', 'DOCUMENT'] as const).flatMap((kind) => files(ada, 1, { kind }));
    expect(await send(ada, { content: 'All of it', mediaIds })).toMatchObject({ type: 'MEDIA', content: 'All of it' });
  });

  it('is told live with its files', async () => {
    const { conversation } = await bob.client.data<{ conversation: { eventCursor: string } }>(
      'query ($id: ID!) { conversation(id: $id) { eventCursor } }',
      { id },
    );
    const events = chats.subscribe<{ conversationEvents: { message?: Sent } }>(
      bob,
      `subscription ($id: ID!, $after: String) {
        conversationEvents(conversationId: $id, after: $after) { ... on MessageSentEvent { message { ${FIELDS} } } }
      }`,
      { id, after: conversation.eventCursor },
      chats.instance(1),
    );
    const message = await send(ada, { mediaIds: files(ada, 2), content: 'live' });
    const told = await events.nextWhere(({ data }) => data?.conversationEvents.message?.id === message.id);
    expect(told.data?.conversationEvents.message).toEqual(message);
  });

  it('tells other services which files hang on it', async () => {
    const mediaIds = files(ada, 2);
    const withFiles = await send(ada, { mediaIds });
    const without = await send(ada, { content: 'only words' });
    const rows = await chats.db.collection<{ event: string }>('outbox').find().toArray();
    const payloadOf = (messageId: string) =>
      rows.map(({ event }) => JSON.parse(event).payload).find((payload) => payload.messageId === messageId);
    expect(payloadOf(withFiles.id).mediaIds).toEqual(mediaIds);
    expect(payloadOf(without.id)).not.toHaveProperty('mediaIds');
    expect(without).toMatchObject({ type: 'TEXT', attachments: [] });
  });

  it.each<[string, () => string[], string, string[]]>([
    ['somebody else’s', () => [...files(ada, 1), ...files(bob, 1)], 'NOT_FOUND', ['mediaIds', '1']],
    ['one that doesn’t exist', () => [new ObjectId().toHexString()], 'NOT_FOUND', ['mediaIds', '0']],
    ['what is no id', () => ['no id'], 'NOT_FOUND', ['mediaIds', '0']],
    ['one that isn’t ready', () => files(ada, 1, { isReady: false }), 'NOT_ALLOWED', ['mediaIds', '0']],
    ['one that is for a post', () => files(ada, 1, { category: 'POST' }), 'INVALID_FORMAT', ['mediaIds', '0']],
    ['one that is public', () => files(ada, 1, { category: 'PROFILE' }), 'INVALID_FORMAT', ['mediaIds', '0']],
    ['the same twice', () => files(ada, 1).flatMap((one) => [one, one]), 'ALREADY_DONE', ['mediaIds', '1']],
    ['eleven', () => files(ada, 11), 'TOO_LONG', ['mediaIds']],
  ])('is refused with %s', async (_what, make, code, path) => {
    const { data } = await trySend(ada, { content: 'look', mediaIds: make() });
    expect(data?.sendMessage).toEqual({ message: null, errors: [{ code, path: ['input', ...path] }] });
  });

  it('needs words when its list of files is empty', async () => {
    for (const input of [{ mediaIds: [] }, { mediaIds: null, content: ' ' }, {}]) {
      const { data } = await trySend(ada, input);
      expect(data?.sendMessage.errors).toEqual([{ code: 'REQUIRED', path: ['input', 'content'] }]);
    }
  });

  it('is not even asked about for whoever may not write', async () => {
    const { data } = await trySend(eve, { mediaIds: files(eve, 1) });
    expect(data?.sendMessage.errors).toEqual([{ code: 'NOT_FOUND', path: ['input', 'conversationId'] }]);
  });
});

describe('sending files again with the same clientMessageId', () => {
  it('gives the first message back, on every instance, even if the files are gone by now', async () => {
    const mediaIds = files(ada, 2);
    const input = { mediaIds, content: 'once', clientMessageId: randomUUID() };
    const first = await send(ada, input);
    for (const mediaId of mediaIds) chats.media.files.delete(mediaId);
    expect(
      await send(ada, { ...input, mediaIds: mediaIds.map((mediaId) => mediaId.toUpperCase()) }, chats.instance(1)),
    ).toEqual(first);
  });

  it('fails when it names other files, or the same in another order', async () => {
    const [one = '', two = '', three = ''] = files(ada, 3);
    const input = { content: 'these', clientMessageId: randomUUID() };
    await send(ada, { ...input, mediaIds: [one, two] });
    for (const mediaIds of [[two, one], [one, three], [one], []]) {
      const { errors } = await trySend(ada, { ...input, mediaIds });
      expect(errors?.[0]?.extensions?.code).toBe('IDEMPOTENCY_CONFLICT');
    }
  });
});

describe('while media is away', () => {
  it('words are sent and files wait', async () => {
    const [mediaId = ''] = files(ada, 1);
    const away = await startChats({ environment: { MEDIA_URL: 'http://127.0.0.1:1/graphql' } });
    try {
      const [fay, gil] = await away.people('fay', 'gil');
      const chat = await directChat(fay, gil);
      const input = (more: object) => ({ input: { conversationId: chat, ...more } });
      const MUTATION = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }';
      const { errors } = await fay.client.execute(MUTATION, input({ mediaIds: [mediaId] }));
      expect(errors?.[0]?.extensions?.code).toBe('UNAVAILABLE');
      expect((await fay.client.execute(MUTATION, input({ content: 'hello' }))).errors).toBeUndefined();
    } finally {
      await away.stop();
    }
  });
});
