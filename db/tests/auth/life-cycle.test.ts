import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeHash, openTestDatabase, type Row, type TestDatabase } from './database-fixture.ts';
import { insertRow, refusedBy, sampleRows } from './sample-rows.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await openTestDatabase();
});
afterAll(() => test.close());

const rename = (userId: string, username: string | null) =>
  test.one(test.sql`call change_username(null, null, ${userId}, ${username})`);
const purge = (userId: string) => test.one(test.sql`call purge_user(null, null, null, ${userId})`);
const userRow = (userId: string) => test.one(test.sql`select * from users where user_id = ${userId}`);
const exists = async (username: string) =>
  (await test.one(test.sql`select username_exists(${username}) as taken`)).taken as boolean;
const receipt = async (userId: string, service: string, services: string[]) =>
  (await test.one(test.sql`select record_purge_receipt(${userId}, ${service}, 3, ${services}) as noted`)).noted;
const atOnce = <T>(count: number, work: (n: number) => PromiseLike<T>) =>
  Promise.all(Array.from({ length: count }, (_, n) => work(n)));

const DONE = { p_success: true, p_error: null };
const refused = (p_error: string) => ({ p_success: false, p_error });

describe('change_username', () => {
  it('gives another name, keeps the old one in the history and reserves it for 90 days', async () => {
    const { user_id } = await test.user({ username: 'first_name_1' });
    expect(await rename(user_id, 'Second_Name_1')).toEqual(DONE);
    expect(await userRow(user_id)).toMatchObject({ username: 'Second_Name_1' });
    expect(await test.sql`select username from username_history where user_id = ${user_id}`).toMatchObject([
      { username: 'first_name_1' },
    ]);
    const held = await test.one(
      test.sql`select reason, reserved_until from username_reservations where username_lower = 'first_name_1'`,
    );
    expect(held.reason).toBe('Renamed');
    expect((held.reserved_until.getTime() - Date.now()) / 86_400_000).toBeCloseTo(90, 1);
    expect(await exists('FIRST_NAME_1')).toBe(true);
  });

  it('lets who gave a name up take it back, and nobody else', async () => {
    const [owner, other] = [await test.user({ username: 'given_up' }), await test.user()];
    await rename(owner.user_id, 'given_up_new');
    expect(await rename(other.user_id, 'Given_Up')).toEqual(refused('Username already taken'));
    expect(await rename(owner.user_id, 'given_up')).toEqual(DONE);
    expect(await test.sql`select 1 from username_reservations where username_lower = 'given_up'`).toHaveLength(0);
    expect(await exists('given_up_new')).toBe(true);
  });

  it('does not let an erased person’s name be had by who had it before them', async () => {
    const [before, after] = [await test.user({ username: 'passed_on' }), await test.user()];
    await rename(before.user_id, 'passed_on_old');
    await test.sql`delete from username_reservations where username_lower = 'passed_on'`;
    expect(await rename(after.user_id, 'passed_on')).toEqual(DONE);
    await purge(after.user_id);
    expect(await rename(before.user_id, 'passed_on')).toEqual(refused('Username already taken'));
  });

  it('spells a name otherwise without giving it up', async () => {
    const { user_id } = await test.user({ username: 'spelling' });
    expect(await rename(user_id, 'SpellinG')).toEqual(DONE);
    expect(await test.sql`select 1 from username_history where user_id = ${user_id}`).toHaveLength(0);
    expect(await test.sql`select 1 from username_reservations where username_lower = 'spelling'`).toHaveLength(0);
  });

  it.each([
    ['Invalid username format', 'a-b'],
    ['Invalid username format', 'ab'],
    ['Invalid username format', null],
    ['Username already taken', 'TAKEN_name'],
    ['Username already taken', 'reserved_name'],
  ])('says %s for %j and changes nothing', async (error, username) => {
    await test.user({ username: 'taken_name' }).catch(() => undefined);
    await test.sql`insert into username_reservations (username_lower, reason, reserved_until)
      values ('reserved_name', 'Purged', now() + interval '1 day') on conflict do nothing`;
    const { user_id, username: before } = await test.user();
    expect(await rename(user_id, username)).toEqual(refused(error));
    expect(await userRow(user_id)).toMatchObject({ username: before });
  });

  it('knows nobody by an unknown id, nor a deleted account', async () => {
    expect(await rename(test.newId(), 'whoever')).toEqual(refused('User not found'));
    const { user_id } = await test.user({ account_status: 'Deleted', deleted_at: new Date() });
    expect(await rename(user_id, 'whoever')).toEqual(refused('User not found'));
  });

  it('lets one of twenty who want a name at once have it, by renaming or by registering', async () => {
    const people = await atOnce(10, () => test.user());
    const [renamed, made] = await Promise.all([
      Promise.all(people.map(({ user_id }) => rename(user_id, 'wanted_name'))),
      atOnce(10, (n) =>
        test.one(
          test.sql`call create_user(null, null, null, 'wanted_name', ${`wanted${n}@example.org`}, '$argon2id$x', 'A', 'B')`,
        ),
      ),
    ]);
    const won = [...renamed.filter(({ p_success }) => p_success), ...made.filter(({ p_user_id }) => p_user_id)];
    expect(won).toHaveLength(1);
  });

  it('ends when two people want each other’s name: both are refused, none is stuck', async () => {
    for (let n = 0; n < 10; n += 1) {
      const [a, b] = [await test.user({ username: `swap_a_${n}` }), await test.user({ username: `swap_b_${n}` })];
      const results = await Promise.all([rename(a.user_id, `swap_b_${n}`), rename(b.user_id, `swap_a_${n}`)]);
      expect(results).toEqual([refused('Username already taken'), refused('Username already taken')]);
    }
  });
});

describe('purge_user', () => {
  /** A user with something in every table. */
  async function somebody(columns: Row = {}): Promise<Row> {
    const user = await test.verifiedUser({
      phone_number: '+43123',
      phone_verified_at: new Date(),
      profile_picture_url: 'https://cdn.example/a',
      role: 'Moderator',
      ...columns,
    });
    const { user_id } = user;
    const own = sampleRows(user_id);
    const session = await test.session(user_id, fakeHash(), user.email);
    for (const table of ['verification_codes', 'password_reset_tokens', 'recovery_codes', 'passkeys'] as const) {
      await insertRow(test, table, own[table]());
    }
    await insertRow(test, 'totp_secrets', { user_id, secret_encrypted: randomBytes(48) });
    await insertRow(test, 'username_history', own.username_history());
    await test.sql`insert into user_login_history ${test.sql({
      user_id,
      login_identifier: user.email,
      login_status: 'Failed',
      failure_reason: 'WrongPassword',
      device_type: 'Web',
      device_info: 'Firefox on Linux',
      ip_address: '2001:db8:1:2::99',
      location: 'Vienna',
      user_agent: 'UA',
    })}`;
    return { ...user, session_id: session.p_session_id };
  }

  it('leaves nothing of a person but an id, a reserved name and a tombstone', async () => {
    const { user_id, username, session_id } = await somebody();
    expect(await purge(user_id)).toEqual({ ...DONE, p_session_ids: [session_id] });

    const left = await userRow(user_id);
    expect(left).toMatchObject({
      username: `deleted_${user_id.slice(-12)}`,
      email: `${user_id}@deleted.invalid`,
      password_hash: '$argon2id$erased',
      first_name: '',
      last_name: '',
      phone_number: null,
      profile_picture_url: null,
      is_email_verified: false,
      role: 'User',
      account_status: 'Deleted',
      is_deleted: true,
      last_login_at: null,
    });
    for (const table of [
      'user_sessions',
      'verification_codes',
      'password_reset_tokens',
      'totp_secrets',
      'recovery_codes',
      'passkeys',
      'username_history',
      'user_login_history',
    ]) {
      expect(await test.sql`select 1 from ${test.sql(table)} where user_id = ${user_id}`, table).toHaveLength(0);
    }
    expect(
      await test.sql`select reason from username_reservations where username_lower = ${username} and reserved_until > now() + interval '89 days'`,
    ).toMatchObject([{ reason: 'Purged' }]);
    expect(await test.sql`select 1 from user_tombstones where user_id = ${user_id}`).toHaveLength(1);
  });

  it('keeps the lines of the login history without whom they are about, down to the network', async () => {
    const { user_id } = await somebody();
    const [before] = await test.sql`select count(*)::int as n from user_login_history`;
    await purge(user_id);
    const [after] = await test.sql`select count(*)::int as n from user_login_history`;
    expect(after).toEqual(before);
    const lines = await test.sql`
      select login_identifier, device_type, device_info, location, user_agent, ip_address::text as ip
      from user_login_history where login_identifier = 'erased'`;
    expect(lines.map(({ ip }) => ip)).toEqual(expect.arrayContaining(['192.0.2.0/24', '2001:db8:1::/48']));
    for (const line of lines) {
      expect(line).toMatchObject({ device_type: null, device_info: null, location: null, user_agent: null });
    }
  });

  it('reaches the months of the history that were archived', async () => {
    const { user_id, email } = await somebody();
    await test.sql.unsafe(`
      create table user_login_history_2020_01 partition of user_login_history
      for values from ('2020-01-01T00:00Z') to ('2020-02-01T00:00Z')`);
    await test.sql`insert into user_login_history (user_id, login_identifier, login_status, ip_address, login_at)
      values (${user_id}, ${email}, 'Success', '198.51.100.7', '2020-01-10T00:00Z')`;
    await test.sql`select archive_login_history()`;
    await purge(user_id);
    expect(await test.sql`select user_id, login_identifier from archive.user_login_history_2020_01`).toMatchObject([
      { user_id: null, login_identifier: 'erased' },
    ]);
  });

  it.each<[string, Row]>([
    ['active', {}],
    ['deactivated', { account_status: 'Inactive', deactivated_at: new Date() }],
    ['suspended', { account_status: 'Suspended', suspended_until: new Date(Date.now() + 60_000) }],
    ['deleted', { account_status: 'Deleted', deleted_at: new Date(0) }],
  ])('ends an account that is %s', async (_what, columns) => {
    const { user_id } = await test.verifiedUser(columns);
    expect(await purge(user_id)).toMatchObject(DONE);
    expect(await userRow(user_id)).toMatchObject({
      account_status: 'Deleted',
      deactivated_at: null,
      suspended_until: null,
    });
  });

  it('is done once, by one of ten at once', async () => {
    const { user_id } = await somebody();
    const results = await atOnce(10, () => purge(user_id));
    expect(results.filter(({ p_success }) => p_success)).toHaveLength(1);
    expect(results.filter(({ p_error }) => p_error === 'User already purged')).toHaveLength(9);
    expect(await purge(test.newId())).toMatchObject(refused('User not found'));
  });

  it('can not be kept from a person by who takes the name of their tombstone first', async () => {
    const { user_id } = await test.verifiedUser();
    await test.user({ username: `Deleted_${user_id.slice(-12)}` });
    expect(await purge(user_id)).toMatchObject(DONE);
    expect((await userRow(user_id)).username).toMatch(/^deleted_[0-9a-f]{32}$/);
  });

  it('lets the e-mail address be registered again, and the name only after its time', async () => {
    const { user_id, email, username } = await somebody();
    await purge(user_id);
    const register = (name: string) =>
      test.one(test.sql`call create_user(null, null, null, ${name}, ${email}, '$argon2id$x', 'A', 'B')`);
    expect((await register(username)).p_error).toBe('Username already taken');
    expect((await register('somebody_else')).p_error).toBeNull();
  });
});

describe('who was purged', () => {
  it('is not revived: not by another status, not by a row from a backup', async () => {
    const { user_id } = await test.verifiedUser();
    await purge(user_id);
    for (const status of ['Active', 'Inactive', 'Suspended']) {
      const revive = test.sql`update users set account_status = ${status}, deleted_at = null where user_id = ${user_id}`;
      expect(await refusedBy(revive)).toBe('keep_purged_user');
    }
    await test.sql`delete from users where user_id = ${user_id}`;
    expect(await refusedBy(test.user({ user_id }))).toBe('keep_purged_user');
  });

  it('stays as a row of a deleted account that may be written', async () => {
    const { user_id } = await test.verifiedUser();
    await purge(user_id);
    expect(await refusedBy(test.sql`update users set version = version + 1 where user_id = ${user_id}`)).toBeNull();
  });
});

describe('receipts of a purge', () => {
  const SERVICES = ['profiles', 'posts', 'chats'];
  const completedAt = async (userId: string) =>
    (await test.one(test.sql`select completed_at from user_tombstones where user_id = ${userId}`)).completed_at;
  const purged = async () => {
    const { user_id } = await test.verifiedUser();
    await purge(user_id);
    return user_id;
  };

  it('complete it when every service has given one, however often they come', async () => {
    const userId = await purged();
    for (const service of ['profiles', 'posts', 'posts']) expect(await receipt(userId, service, SERVICES)).toBe(true);
    expect(await completedAt(userId)).toBeNull();
    expect(await receipt(userId, 'chats', SERVICES)).toBe(true);
    const completed = await completedAt(userId);
    expect(completed).toBeInstanceOf(Date);
    expect(await receipt(userId, 'chats', SERVICES)).toBe(true);
    expect(await completedAt(userId)).toEqual(completed);
    expect(await test.sql`select 1 from purge_receipts where user_id = ${userId}`).toHaveLength(3);
  });

  it('complete it also when the last ones come at once', async () => {
    for (let n = 0; n < 5; n += 1) {
      const userId = await purged();
      await Promise.all(SERVICES.map((service) => receipt(userId, service, SERVICES)));
      expect(await completedAt(userId)).toBeInstanceOf(Date);
    }
  });

  it('of somebody who was not purged are none', async () => {
    const { user_id } = await test.user();
    expect(await receipt(user_id, 'posts', SERVICES)).toBe(false);
    expect(await test.sql`select 1 from purge_receipts where user_id = ${user_id}`).toHaveLength(0);
  });
});

describe('soft_delete_user', () => {
  it('ends a deactivation and a suspension with the account', async () => {
    const one = await test.user({ account_status: 'Inactive', deactivated_at: new Date() });
    const other = await test.user({ account_status: 'Suspended', suspended_until: new Date(Date.now() + 60_000) });
    for (const { user_id } of [one, other]) {
      expect(await test.one(test.sql`call soft_delete_user(null, null, ${user_id})`)).toEqual(DONE);
      expect(await userRow(user_id)).toMatchObject({ is_deleted: true, deactivated_at: null, suspended_until: null });
    }
  });
});
