import { eventually, type RedisProcess, startRedisProcess } from '@postbook/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { happenings, newId } from './support/happenings.ts';
import { type Notifications, startNotifications } from './support/notifications.ts';
import { cursorOf, list, listen, markAllRead, markRead, next, unread } from './support/operations.ts';

let redis: RedisProcess;
let world: Notifications;

beforeAll(async () => {
  redis = await startRedisProcess();
  world = await startNotifications({ instances: 2, redisUrl: redis.url });
});
afterAll(async () => {
  await world.stop();
  await redis.stop();
});

it('lists and marks while Redis is dead; streams go on from the store; what happened meanwhile is told afterwards', async () => {
  const says = happenings(world);
  const [ada, bob] = await world.people('ada', 'bob');
  const events = listen(world, ada, await cursorOf(ada.client), world.instance(1));
  await world.tell(...Array.from({ length: 5 }, () => says.reacted(bob, ada, newId())));
  for (let n = 0; n < 5; n += 1) await next(events);
  const { cursor } = events.events[2]?.data?.notificationReceived ?? {};

  await redis.kill();
  const [first, second] = await list(ada.client);
  expect(await markRead(ada.client, [first?.id ?? ''])).toMatchObject({ unreadCount: 4 });
  expect(await next(events)).toMatchObject({ kind: 'READ', notificationId: first?.id, unreadCount: 4 });
  // A process may be born into the outage, and a stream begin in it.
  const born = await world.startInstance();
  expect(await list(world.client(ada.id, born))).toHaveLength(5);
  const late = listen(world, ada, cursor, born);
  await markRead(world.client(ada.id, born), [second?.id ?? '']);
  await late.nextWhere(({ data }) => data?.notificationReceived.notificationId === second?.id);
  await markAllRead(ada.client);
  for (const stream of [events, late]) {
    await stream.nextWhere(({ data }) => data?.notificationReceived.kind === 'ALL_READ');
  }

  await redis.start();
  const followed = says.followed(bob, ada);
  await eventually(async () => {
    await world.bus.publish([followed]);
    return true;
  });
  await world.told(followed);
  for (const stream of [events, late]) {
    await stream.nextWhere(({ data }) => data?.notificationReceived.notification?.type === 'FOLLOW', 30_000);
  }
  expect(await unread(ada.client)).toBe(1);
  const kinds = (stream: typeof events) => stream.events.map(({ data }) => data?.notificationReceived.kind);
  expect(kinds(events)).toEqual(['NEW', 'NEW', 'NEW', 'NEW', 'NEW', 'READ', 'READ', 'ALL_READ', 'NEW']);
  expect(kinds(late)).toEqual(['NEW', 'NEW', 'READ', 'READ', 'ALL_READ', 'NEW']);
}, 90_000);
