import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Happenings, happenings, newId } from './support/happenings.ts';
import { type Notifications, type Person, startNotifications } from './support/notifications.ts';
import { list, only, type UserError } from './support/operations.ts';

let world: Notifications;
let says: Happenings;
beforeAll(async () => {
  world = await startNotifications({ instances: 2 });
  says = happenings(world);
});
afterAll(() => world.stop());

interface Preferences {
  readonly types: readonly { type: string; inApp: boolean; push: boolean; email: boolean }[];
  readonly quietHours: { from: string; to: string } | null;
  readonly timeZone: string;
}

const FIELDS = 'types { type inApp push email } quietHours { from to } timeZone';

const read = async (client: Person['client']) =>
  (await client.data<{ notificationPreferences: Preferences }>(`{ notificationPreferences { ${FIELDS} } }`))
    .notificationPreferences;

async function update(client: Person['client'], input: Record<string, unknown>) {
  const data = await client.data<{
    updateNotificationPreferences: { preferences: Preferences | null; errors: UserError[] };
  }>(
    `mutation ($input: UpdateNotificationPreferencesInput!) {
      updateNotificationPreferences(input: $input) { preferences { ${FIELDS} } errors { code path } }
    }`,
    { input },
  );
  return data.updateNotificationPreferences;
}

const turn = (type: string, channel: string, isEnabled: boolean) => ({ type, channel, isEnabled });

describe('preferences', () => {
  it('have defaults: everything in the list, what waits for an answer on devices, little by mail', async () => {
    const [ada] = await world.people('ada');
    const { types, quietHours, timeZone } = await read(ada.client);
    expect([quietHours, timeZone]).toEqual([null, 'UTC']);
    expect(types).toHaveLength(16);
    expect(types.every(({ inApp }) => inApp)).toBe(true);
    expect(types.filter(({ email }) => email).map(({ type }) => type)).toEqual([
      'FRIEND_REQUEST',
      'SECURITY',
      'MODERATION',
    ]);
    expect(types.find(({ type }) => type === 'MESSAGE')).toMatchObject({ push: true });
    expect(types.find(({ type }) => type === 'LIKE')).toMatchObject({ push: false });
  });

  it('change what is given and keep the rest', async () => {
    const [ada] = await world.people('ada');
    await update(ada.client, { switches: [turn('LIKE', 'PUSH', true)], timeZone: 'Europe/Vienna' });
    await update(ada.client, { quietHours: { from: '22:00', to: '07:00' } });
    const { preferences } = await update(ada.client, { switches: [turn('LIKE', 'EMAIL', true)] });
    expect(preferences).toEqual(await read(ada.client));
    expect(preferences).toMatchObject({ quietHours: { from: '22:00', to: '07:00' }, timeZone: 'Europe/Vienna' });
    expect(preferences?.types.find(({ type }) => type === 'LIKE')).toEqual({
      type: 'LIKE',
      inApp: true,
      push: true,
      email: true,
    });
    expect((await update(ada.client, { quietHours: null })).preferences?.quietHours).toBeNull();
  });

  it('of two changes at once on two instances lose none', async () => {
    const [ada] = await world.people('ada');
    const types = ['LIKE', 'FOLLOW', 'SHARE', 'MENTION', 'COMMENT', 'MESSAGE', 'POLL', 'EVENT'];
    await Promise.all(
      types.map((type, n) =>
        update(world.client(ada.id, world.instance(n)), { switches: [turn(type, 'EMAIL', true)] }),
      ),
    );
    const mailed = (await read(ada.client)).types.filter(({ email }) => email).map(({ type }) => type);
    expect(mailed).toEqual(expect.arrayContaining(types));
  });

  it.each<[string, Record<string, unknown>, string, string[]]>([
    ['hours that are none', { quietHours: { from: '24:00', to: '07:00' } }, 'INVALID_FORMAT', ['quietHours', 'from']],
    ['hours of no length', { quietHours: { from: '07:00', to: '07:00' } }, 'INVALID_FORMAT', ['quietHours', 'to']],
    ['a time zone that is none', { timeZone: 'Mars/Olympus' }, 'INVALID_FORMAT', ['timeZone']],
    ['an offset for a time zone', { timeZone: '+02:00' }, 'INVALID_FORMAT', ['timeZone']],
    ['silence about safety', { switches: [turn('SECURITY', 'IN_APP', false)] }, 'NOT_ALLOWED', ['switches', '0']],
    [
      'more switches than there are',
      { switches: Array.from({ length: 49 }, () => turn('LIKE', 'PUSH', true)) },
      'TOO_LONG',
      ['switches'],
    ],
  ])('refuse %s', async (_what, input, code, path) => {
    const [ada] = await world.people('ada');
    expect(await update(ada.client, input)).toEqual({
      preferences: null,
      errors: [{ code, path: ['input', ...path] }],
    });
    expect((await read(ada.client)).timeZone).toBe('UTC');
  });
});

describe('a kind that somebody doesn’t want in the list', () => {
  it('is not told; others are, and others’ wishes stay theirs', async () => {
    const [ada, bob, eve] = await world.people('ada', 'bob', 'eve');
    await update(ada.client, { switches: [turn('LIKE', 'IN_APP', false)] });
    await world.tell(says.reacted(bob, ada, newId()), says.reacted(bob, eve, newId()), says.followed(bob, ada));
    expect(await only(ada.client)).toMatchObject({ type: 'FOLLOW' });
    expect(await only(eve.client)).toMatchObject({ type: 'LIKE' });
    await update(ada.client, { switches: [turn('LIKE', 'IN_APP', true)] });
    await world.tell(says.reacted(bob, ada, newId()));
    expect((await list(ada.client)).map(({ type }) => type)).toEqual(['LIKE', 'FOLLOW']);
  });

  it('leaves what was told before', async () => {
    const [ada, bob, eve] = await world.people('ada', 'bob', 'eve');
    const post = newId();
    await world.tell(says.reacted(bob, ada, post));
    await update(ada.client, { switches: [turn('LIKE', 'IN_APP', false)] });
    await world.tell(says.reacted(eve, ada, post));
    expect(await only(ada.client)).toMatchObject({ actorCount: 1 });
    await world.tell(says.unreacted(bob, ada, post));
    expect(await list(ada.client)).toEqual([]);
  });
});
