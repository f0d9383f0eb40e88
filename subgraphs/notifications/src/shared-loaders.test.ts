import type { Directory } from '@postbook/people';
import { describe, expect, it } from 'vitest';
import type { Cause } from './causes/cause.ts';
import { createLoaders } from './loaders.ts';
import { begin } from './notification/notification-group.ts';
import type { NotificationRepository } from './notification/notification-repository.ts';
import { createSharedLoaders } from './shared-loaders.ts';

const cause: Cause = {
  key: 'Message:m',
  version: 1,
  type: 'Message',
  templateKey: 'Message',
  groupKey: 'Message:v',
  actorId: 'bob',
  related: { type: 'Message', id: 'm' },
  context: { conversationId: 'v' },
  entities: [],
  at: new Date(0),
};

/** Loaders over stores that count how often they are asked. Each person has the notification `n <person>`. */
function counted() {
  const calls: string[] = [];
  const notifications = {
    async byIds(ids: readonly string[]) {
      calls.push('notifications');
      return ids.map((id) => begin(id, id.slice(2), cause));
    },
    async unreadCounts(userIds: readonly string[]) {
      calls.push('unread');
      return new Map(userIds.map((userId) => [userId, 1]));
    },
  } as unknown as NotificationRepository;
  const directory: Directory = {
    async cards(userIds) {
      calls.push('people');
      return new Map(userIds.map((userId) => [userId, { userId, username: userId }]));
    },
  };
  const shared = createSharedLoaders(
    notifications,
    async (rows) => {
      calls.push('present');
      return [...rows];
    },
    directory,
  );
  return { calls, shared };
}

describe('what is told to many in one moment', () => {
  it('is read once for all', async () => {
    const { calls, shared } = counted();
    const people = Array.from({ length: 30 }, (_, n) => `p${n}`);
    await Promise.all(
      people.map(async (userId) => {
        const loaders = createLoaders(userId, shared);
        const [notification, unread, card] = await Promise.all([
          loaders.notifications.load(`n ${userId}`),
          loaders.unread.load(userId),
          loaders.cards.load('bob'),
        ]);
        expect([notification?.userId, unread, card?.username]).toEqual([userId, 1, 'bob']);
      }),
    );
    expect(calls.sort()).toEqual(['notifications', 'people', 'present', 'unread']);
  });

  it('is nothing for others, nor for nobody', async () => {
    const { shared } = counted();
    expect(await createLoaders('eve', shared).notifications.load('n ada')).toBeNull();
    expect(await createLoaders(undefined, shared).notifications.load('n ada')).toBeNull();
  });

  it('is read again in the next moment', async () => {
    const { calls, shared } = counted();
    const loaders = createLoaders('ada', shared);
    await loaders.notifications.load('n ada');
    await loaders.notifications.load('n ada');
    expect(calls).toEqual(['notifications', 'present', 'notifications', 'present']);
  });
});
