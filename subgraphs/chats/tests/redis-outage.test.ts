import { eventually, type RedisProcess, startRedisProcess } from '@postbook/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Chats, type Person, startChats } from './support/chats.ts';
import { directChat, group, history, listen, markRead, openDirect, send, trySend } from './support/operations.ts';

let redis: RedisProcess;
let chats: Chats;
let ada: Person;
let bob: Person;
let eve: Person;

beforeAll(async () => {
  redis = await startRedisProcess();
  const environment = { LIVE_HEAD_CHECK_MS: '1500', RELATIONS_MAX_LAG_MS: '2000' };
  chats = await startChats({ instances: 2, redisUrl: redis.url, environment });
  [ada, bob, eve] = await chats.people('ada', 'bob', 'eve');
  await chats.befriend(ada, bob);
});
afterAll(async () => {
  await chats.stop();
  await redis.stop();
});

it('reads and writes while Redis is dead; live updates go on from the store and miss nothing', async () => {
  // The copy of relations may be older than two seconds on a busy machine; then strangers wait.
  const id = await eventually(() => group(ada, bob, eve));
  const friends = await directChat(ada, bob);
  const strangers = await eventually(() => directChat(ada, eve));
  const first = await send(ada.client, id, 'before');
  const { conversation } = await bob.client.data<{ conversation: { eventCursor: string } }>(
    'query ($id: ID!) { conversation(id: $id) { eventCursor } }',
    { id },
  );
  const events = listen(chats, bob, id, conversation.eventCursor, chats.instance(1));
  await send(ada.client, id, 'live');
  expect((await events.next()).data?.conversationEvents.message?.content).toBe('live');

  await redis.kill();
  const sent: number[] = [];
  for (let n = 0; n < 20; n += 1) sent.push((await send(ada.client, id, `dead ${n}`)).number);
  expect(sent).toEqual(Array.from({ length: 20 }, (_, n) => first.number + 2 + n));
  expect((await markRead(eve.client, id, 5)).conversation?.viewerMember.lastReadNumber).toBe(5);
  expect((await history(bob.client, id, { last: 50 })).nodes).toHaveLength(22);
  expect((await send(ada.client, friends, 'friends can')).number).toBe(1);

  // A process may be born into the outage.
  const born = await chats.startInstance();
  expect((await history(chats.client(bob.id, born), id, { last: 1 })).nodes[0]?.content).toBe('dead 19');

  // A block made now could not be known: between strangers nothing passes until it can.
  await eventually(async () => {
    const { errors } = await trySend(ada.client, strangers, 'strangers can’t');
    return errors?.[0]?.extensions?.code === 'UNAVAILABLE';
  });
  await expect(openDirect(bob.client, eve.id)).rejects.toThrow('UNAVAILABLE');

  // The open stream and one opened during the outage read the store.
  const late = listen(chats, eve, id, conversation.eventCursor);
  for (const stream of [events, late]) {
    await stream.nextWhere(({ data }) => data?.conversationEvents.message?.content === 'dead 19');
  }

  await redis.start();
  await send(ada.client, id, 'again');
  for (const stream of [events, late]) {
    await stream.nextWhere(({ data }) => data?.conversationEvents.message?.content === 'again');
    const contents = stream.events.map(({ data }) => data?.conversationEvents.message?.content);
    const dead = Array.from({ length: 20 }, (_, n) => `dead ${n}`);
    expect(contents).toEqual(['live', ...dead, 'again']);
  }

  await eventually(async () => (await trySend(ada.client, strangers, 'strangers can')).errors === undefined);
  const unpublished = chats.db.collection('outbox');
  await eventually(async () => (await unpublished.countDocuments({ publishedAt: null })) === 0);
}, 60_000);
