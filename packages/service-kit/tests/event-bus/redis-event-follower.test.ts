import { type RedisProcess, startRedisProcess } from '@postbook/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createEventFollower,
  createRedisEventBus,
  type EventBus,
  type EventFollower,
  silentLogger,
} from '../../src/index.ts';
import { renamed } from '../support/test-events.ts';
import { until } from '../support/until.ts';

const ADA = '018f0000-0000-7000-8000-00000000000a';

let redis: RedisProcess;
let bus: EventBus;
let followers: EventFollower[];

beforeEach(async () => {
  redis = await startRedisProcess();
  bus = createRedisEventBus({ url: redis.url, namespace: 'test', name: 'bus', log: silentLogger });
  followers = [];
});
afterEach(async () => {
  await Promise.all(followers.map((follower) => follower.stop()));
  await bus.close();
  await redis.stop();
});

const publish = (version: number) =>
  until(() =>
    bus.publish([renamed(ADA, version)]).then(
      () => true,
      () => false,
    ),
  );

/** Follows renamings from that place; what it saw, and up to where. */
async function follow(place: string, fail: () => boolean = () => false) {
  const seen: number[] = [];
  const places: string[] = [];
  const follower = createEventFollower({
    url: redis.url,
    namespace: 'test',
    name: 'test',
    log: silentLogger,
    types: ['UsernameChanged'],
    startAt: async () => places.at(-1) ?? place,
    async onEvents(events, _domain, position) {
      if (fail()) throw new Error('not now');
      seen.push(...events.map(({ version }) => version));
      places.push(position);
    },
  });
  followers.push(follower);
  await follower.start();
  await until(() => follower.isCaughtUp());
  return { follower, seen, places };
}

test('every follower sees every event from its place on, in order', async () => {
  await publish(1);
  const [fromStart, fromNow] = [await follow('0'), await follow('$')];
  await publish(2);
  await publish(3);
  await until(() => fromStart.seen.length === 3 && fromNow.seen.length === 2);
  expect([fromStart.seen, fromNow.seen]).toEqual([
    [1, 2, 3],
    [2, 3],
  ]);
});

test('a place to go on from is told before any event, and leads to what came meanwhile', async () => {
  const one = await follow('$');
  const [place = ''] = one.places;
  await one.follower.stop();
  await publish(1);
  expect((await follow(place)).seen).toEqual([1]);
});

test('events of other types are passed over, and so is what cannot be read', async () => {
  const one = await follow('$');
  await bus.publish([{ ...renamed(ADA, 7), payload: {} } as unknown as ReturnType<typeof renamed>]);
  await publish(8);
  await until(() => one.seen.length > 0);
  expect(one.seen).toEqual([8]);
});

test('what could not be handled comes again', async () => {
  let failures = 2;
  const one = await follow('0', () => failures-- > 0);
  await publish(1);
  await until(() => one.seen.length === 1);
  expect(one.seen).toEqual([1]);
});

test('while Redis is away it is not caught up; afterwards nothing is missing', async () => {
  const one = await follow('$');
  await publish(1);
  await until(() => one.seen.length === 1);
  await redis.kill();
  await until(() => !one.follower.isCaughtUp());
  await expect(one.follower.check?.()).rejects.toThrow('auth');
  await redis.start();
  await publish(2);
  await until(() => one.follower.isCaughtUp() && one.seen.length === 2);
  expect(one.seen).toEqual([1, 2]);
});
