import { type AnyEvent, uuidv7 } from '@postbook/events';
import { eventually } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Happenings, happenings, newId } from './support/happenings.ts';
import { type Notifications, type Person, startNotifications } from './support/notifications.ts';
import { list, markAllRead, markRead, only, remove, unread } from './support/operations.ts';

let world: Notifications;
let says: Happenings;
beforeAll(async () => {
  world = await startNotifications({ instances: 2 });
  says = happenings(world);
});
afterAll(() => world.stop());

const MANY = 50;

async function crowd(): Promise<[Person, readonly Person[]]> {
  const [ada, ...others] = await world.people('ada', ...Array.from({ length: MANY }, (_, n) => `p${n}`));
  if (!ada) throw new Error('nobody');
  return [ada, others];
}

/** Each event twice under its own id and once more under another: what the bus and a restored outbox may do. */
const thrice = (events: readonly AnyEvent[]): AnyEvent[] => [
  ...events,
  ...events,
  ...events.map((event) => ({ ...event, eventId: uuidv7() })),
];

/** What the store says, whatever way it came to be. */
async function isConsistent(person: Person): Promise<void> {
  const stored = await world.db.collection('notifications').find({ userId: person.id }).toArray();
  const sources = await world.db
    .collection('notification_sources')
    .find({ userId: person.id, isActive: true })
    .toArray();
  for (const { _id, groupCount, actorCount } of stored) {
    const own = sources.filter(({ notificationId }) => notificationId?.equals(_id));
    expect(groupCount).toBe(own.length);
    expect(actorCount).toBe(new Set(own.map(({ actorId }) => actorId)).size);
  }
  const events = await world.db
    .collection('notification_events')
    .find({ userId: person.id })
    .sort({ sequence: 1 })
    .toArray();
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_event, index) => index + 1));
  expect(await unread(person.client)).toBe(stored.filter(({ isRead }) => !isRead).length);
}

/** Waits until nothing of the person's is left. */
const isEmpty = (collection: string, { id }: Person) =>
  eventually(async () => (await world.db.collection(collection).countDocuments({ userId: id })) === 0);

describe('fifty things of one moment for one person, on two instances, each brought three times', () => {
  it('are one group of fifty when they are alike', async () => {
    const [ada, others] = await crowd();
    const post = newId();
    await world.tell(...thrice(others.map((actor) => says.reacted(actor, ada, post))));
    expect(await only(ada.client)).toMatchObject({ groupCount: MANY, actorCount: MANY });
    expect(await unread(ada.client)).toBe(1);
    await isConsistent(ada);
  });

  it('are fifty when they are not', async () => {
    const [ada, others] = await crowd();
    await world.tell(...thrice(others.map((actor) => says.reacted(actor, ada, newId()))));
    expect(await unread(ada.client)).toBe(MANY);
    expect(await list(ada.client, { first: 50 })).toHaveLength(MANY);
    await isConsistent(ada);
  });

  it('leave nothing when all are taken back at the same time', async () => {
    const [ada, others] = await crowd();
    const post = newId();
    const told = others.map((actor) => says.reacted(actor, ada, post));
    const takenBack = others.map((actor) => says.unreacted(actor, ada, post));
    await world.tell(...thrice([...takenBack, ...told]).sort(() => Math.random() - 0.5));
    expect(await list(ada.client)).toEqual([]);
    await isConsistent(ada);
  });

  it('are counted right while their reader reads, removes and marks all the time', async () => {
    const [ada, others] = await crowd();
    const posts = Array.from({ length: 5 }, newId);
    const events = others.map((actor, n) => says.reacted(actor, ada, posts[n % posts.length] ?? ''));
    let isTold = false;
    const telling = world.tell(...thrice(events)).then(() => {
      isTold = true;
    });
    for (let n = 0; !isTold; n += 1) {
      const ids = (await list(ada.client)).map(({ id }) => id);
      const [first = newId()] = ids;
      const client = world.client(ada.id, world.instance(n));
      await Promise.all([
        n % 3 === 0 ? markAllRead(client) : markRead(client, [first]),
        n % 4 === 0 ? remove(ada.client, first) : undefined,
      ]);
    }
    await telling;
    await isConsistent(ada);
    await markAllRead(ada.client);
    expect(await unread(ada.client)).toBe(0);
  });
});

describe('what forbids telling, at the same moment as what is told', () => {
  it.each<[string, (ada: Person, bob: Person, postId: string) => AnyEvent]>([
    ['a block', (ada, bob) => says.blocked(ada, bob)],
    ['a block by the other', (ada, bob) => says.blocked(bob, ada)],
    ['hiding', (_ada, bob) => says.deactivated(bob)],
    ['being erased', (_ada, bob) => says.purged(bob)],
    ['the post’s removal', (ada, _bob, postId) => says.postDeleted(ada, postId)],
  ])('wins, whichever comes first: %s', async (_what, forbid) => {
    for (let round = 0; round < 8; round += 1) {
      const [ada, bob] = await world.people('ada', 'bob');
      const postId = newId();
      const told = Array.from({ length: 12 }, () => says.commented(bob, ada, { postId }));
      await world.tell(...told.slice(0, round), forbid(ada, bob, postId), ...told.slice(round));
      // What was written in the same moment is taken back right after.
      await isEmpty('notifications', ada);
      expect(await list(ada.client)).toEqual([]);
      expect(await unread(ada.client)).toBe(0);
    }
  });

  it('wins also when the one who is told is erased', async () => {
    for (let round = 0; round < 8; round += 1) {
      const [ada, bob] = await world.people('ada', 'bob');
      const told = Array.from({ length: 12 }, () => says.commented(bob, ada, { postId: newId() }));
      await world.tell(...told.slice(0, round), says.purged(ada), ...told.slice(round));
      for (const name of ['notifications', 'notification_sources', 'notification_events']) {
        await isEmpty(name, ada);
      }
    }
  });
});
