import { eventually } from '@postbook/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { happenings, newId } from './support/happenings.ts';
import { type Notifications, startNotifications } from './support/notifications.ts';
import { cursorOf, list, listen, unread } from './support/operations.ts';
import { type ProcessInstance, startProcess } from './support/process.ts';

const READERS = 5;
const EACH = 40;

/** How long it takes until others work on what a killed process had in hand, in milliseconds, and the store lets them. */
const TAKEN_OVER_MS = 120_000;

let world: Notifications;
let victim: ProcessInstance;
beforeAll(async () => {
  world = await startNotifications();
  victim = await startProcess(world.config);
});
afterAll(async () => {
  await victim.kill();
  await world.stop();
});

it(
  'loses and doubles nothing when a process is killed while it tells people',
  async () => {
    const says = happenings(world);
    const actors = await world.people(...Array.from({ length: EACH }, (_, n) => `a${n}`));
    const readers = await world.people(...Array.from({ length: READERS }, (_, n) => `r${n}`));
    const cursors = await Promise.all(readers.map(({ client }) => cursorOf(client)));
    const streams = readers.map((reader, index) => listen(world, reader, cursors[index]));
    const post = newId();
    const reactions = readers.flatMap((reader) => actors.map((actor) => says.reacted(actor, reader, post + reader.id)));
    const messages = actors.map((actor) => says.messaged(actor, readers, newId()));
    const events = reactions.flatMap((event, n) =>
      n % READERS === 0 ? [event, messages[n / READERS] ?? event] : [event],
    );

    const inbox = world.db.collection<{ _id: string }>('inbox');
    const noted = () => inbox.countDocuments({ _id: { $in: events.map(({ eventId }) => `notifications:${eventId}`) } });
    await world.bus.publish(events);
    await eventually(async () => (await noted()) > events.length / 8, { everyMs: 1 });
    await victim.kill();
    expect(await noted()).toBeLessThan(events.length);
    await eventually(async () => (await noted()) === new Set(events).size, { timeoutMs: TAKEN_OVER_MS, everyMs: 100 });

    for (const [index, reader] of readers.entries()) {
      // One group of reactions, and a message in a conversation of its own from each.
      expect(await unread(reader.client)).toBe(1 + EACH);
      const likes = await list(reader.client, { filter: { types: ['LIKE'] } });
      expect(likes.map(({ groupCount, actorCount }) => [groupCount, actorCount])).toEqual([[EACH, EACH]]);
      const told = await list(reader.client, { filter: { types: ['MESSAGE'] }, first: 50 });
      expect(new Set(told.map(({ subject }) => subject?.id)).size).toBe(EACH);
      // The listener of the process that lives has heard of each, also of what the killed one never announced.
      const stream = streams[index];
      await eventually(() => {
        const heard = stream?.events.filter(({ data }) => data?.notificationReceived.kind === 'NEW') ?? [];
        return heard.length === 1 + EACH;
      });
      const heard = stream?.events.map(({ data }) => data?.notificationReceived.cursor) ?? [];
      expect(new Set(heard).size).toBe(heard.length);
    }
  },
  2 * TAKEN_OVER_MS,
);
