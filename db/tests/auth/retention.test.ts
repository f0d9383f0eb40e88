import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeHash, openTestDatabase, type TestDatabase } from './database-fixture.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await openTestDatabase();
});
afterAll(() => test.close());

const MONTH = /^user_login_history_(\d{4})_(\d{2})$/;
const partitions = async () =>
  (
    await test.sql`select c.relname as name from pg_inherits join pg_class c on c.oid = inhrelid where inhparent = 'user_login_history'::regclass order by 1`
  ).map(({ name }) => name as string);
const log = (at: Date | string, identifier: string) =>
  test.sql`insert into user_login_history (login_identifier, login_status, ip_address, login_at) values (${identifier}, 'Success', '192.0.2.1', ${at})`;
const nameOf = (date: Date) =>
  `user_login_history_${date.getUTCFullYear()}_${String(date.getUTCMonth() + 1).padStart(2, '0')}`;
const inMonths = (months: number) => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 15));
};
const placeOf = async (identifier: string) =>
  (
    await test.one(
      test.sql`select tableoid::regclass::text as place from user_login_history where login_identifier = ${identifier}`,
    )
  ).place;

describe('the partitions of the login history', () => {
  it('are there for this month and the next three, and for everything else', async () => {
    const names = await partitions();
    expect(names).toContain('user_login_history_default');
    expect(names.filter((name) => MONTH.test(name))).toEqual([0, 1, 2, 3].map((months) => nameOf(inMonths(months))));
  });

  it('take a row of their month; any other row lands in DEFAULT instead of failing the login', async () => {
    await log(new Date(), 'this month');
    expect(await placeOf('this month')).toBe(nameOf(new Date()));
    await log(inMonths(30), 'far future');
    expect(await placeOf('far future')).toBe('user_login_history_default');
  });

  it('are made again without harm, by several at once', async () => {
    const made = await Promise.all(
      Array.from(
        { length: 5 },
        async () => (await test.one(test.sql`select ensure_login_history_partitions(4) as made`)).made,
      ),
    );
    expect(made.reduce((sum: number, n: number) => sum + n, 0)).toBe(1);
  });

  it('are made also when rows of the month are in DEFAULT already, and take them over', async () => {
    await log(inMonths(6), 'too early');
    expect(await placeOf('too early')).toBe('user_login_history_default');
    await test.sql`select ensure_login_history_partitions(6)`;
    expect(await placeOf('too early')).toBe(nameOf(inMonths(6)));
  });
});

describe('clean-up', () => {
  it('removes what ran out and keeps what is in use', async () => {
    const { user_id } = await test.verifiedUser();
    const [alive, expired] = [await test.session(user_id), await test.session(user_id)];
    await test.sql`update user_sessions set expires_at = now() - interval '1 second' where session_id = ${expired.p_session_id}`;
    await test.sql`insert into retired_refresh_hashes (token_hash, session_id) values (${fakeHash()}, ${expired.p_session_id})`;
    const past = { created_at: new Date(0), expires_at: new Date(1_000) };
    await test.code(user_id, { ...past, code_type: 'Phone' });
    await test.code(user_id, { ...past, code_type: 'PasswordReset', used_at: new Date(500) });
    await test.code(user_id);
    await test.sql`insert into password_reset_tokens ${test.sql({ user_id, token_hash: fakeHash(), ...past })}`;
    await test.sql`insert into username_reservations (username_lower, reason, reserved_until) values ('gone', 'Purged', now() - interval '1 second'), ('held', 'Purged', now() + interval '1 day')`;
    await test.sql`insert into mail_outbox (mail_id, kind, sent_at, created_at) values (${test.newId()}, 'X', now(), now() - interval '8 days')`;
    await test.sql`insert into mail_outbox (mail_id, kind, sealed, created_at) values (${test.newId()}, 'X', ${Buffer.of(1)}, now() - interval '8 days')`;

    expect(await test.one(test.sql`select cleanup_old_data() as removed`)).toEqual({ removed: 5 });
    expect(await test.sql`select session_id from user_sessions where user_id = ${user_id}`).toMatchObject([
      { session_id: alive.p_session_id },
    ]);
    expect(await test.sql`select 1 from retired_refresh_hashes`).toHaveLength(0);
    expect(
      await test.sql`select code_type from verification_codes where user_id = ${user_id} order by code_type`,
    ).toMatchObject([{ code_type: 'Email' }, { code_type: 'PasswordReset' }]);
    expect(await test.sql`select username_lower from username_reservations`).toMatchObject([
      { username_lower: 'held' },
    ]);
    expect(await test.sql`select 1 from mail_outbox`).toHaveLength(1);
    expect(await test.one(test.sql`select cleanup_old_data() as removed`)).toEqual({ removed: 0 });
  });

  it('archives months of the login history that are past their 90 days, rows and all', async () => {
    const old = inMonths(-8);
    const from = new Date(Date.UTC(old.getUTCFullYear(), old.getUTCMonth(), 1)).toISOString();
    const until = new Date(Date.UTC(old.getUTCFullYear(), old.getUTCMonth() + 1, 1)).toISOString();
    await test.sql.unsafe(
      `create table ${nameOf(old)} partition of user_login_history for values from ('${from}') to ('${until}')`,
    );
    await log(old, 'old login');
    expect(await placeOf('old login')).toBe(nameOf(old));

    expect(await test.one(test.sql`select cleanup_old_data() as removed`)).toEqual({ removed: 1 });
    expect(await test.sql`select 1 from user_login_history where login_identifier = 'old login'`).toHaveLength(0);
    expect(await test.sql.unsafe(`select login_identifier from archive.${nameOf(old)}`)).toMatchObject([
      { login_identifier: 'old login' },
    ]);
    expect(await partitions()).not.toContain(nameOf(old));
    await log(new Date(), 'still works');
  });
});
