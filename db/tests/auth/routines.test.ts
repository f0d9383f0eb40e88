import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMigrations } from '../../src/postgres/migrations.ts';
import { fakeHash, openTestDatabase, type Row, type TestDatabase } from './database-fixture.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await openTestDatabase();
});
afterAll(() => test.close());

const HASH = '$argon2id$v=19$m=1024,t=1,p=1$c2FsdA$aGFzaA';
const many = <T>(count: number, work: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, n) => work(n)));
const createUser = (
  username: string | null,
  email: string | null,
  hash: string | null = HASH,
  codeHash: string | null = fakeHash(),
) =>
  test.one(
    test.sql`call create_user(null, null, null, ${username}, ${email}, ${hash}, 'Ada', 'Lovelace', null, null, ${codeHash})`,
  );
const verify = (userId: string, hash: string) => test.one(test.sql`call verify_email(null, null, ${userId}, ${hash})`);
const refresh = (hash: string, next: string, ip: string | null = null) =>
  test.one(
    test.sql`call store_refresh_token(null, null, null, null, null, ${hash}, ${next}, '30 days', '10 seconds', ${ip})`,
  );
const fail = (userId: string | null, counts = true, identifier = 'x') =>
  test.one(
    test.sql`call record_failed_login(null, ${userId}, ${identifier}, 'Failed', 'WrongPassword', ${counts}, null, null, '192.0.2.1', null)`,
  );
const revoke = (userId: string, sessionId: string | null, all = false, except: string | null = null) =>
  test.one(test.sql`call revoke_user_sessions(null, null, ${userId}, ${sessionId}, ${all}, 'Logout', ${except})`);
const userRow = (userId: string) => test.one(test.sql`select * from users where user_id = ${userId}`);

describe('the routines', () => {
  it.each([
    [
      'function',
      [
        'cleanup_old_data',
        'email_exists',
        'generate_verification_code',
        'get_user_by_login',
        'get_user_stats',
        'username_exists',
      ],
    ],
    [
      'procedure',
      [
        'create_user',
        'create_user_session',
        'revoke_user_sessions',
        'soft_delete_user',
        'store_refresh_token',
        'update_user_profile',
        'verify_email',
      ],
    ],
  ])('have every %s of the specification, with search_path pinned', async (kind, names) => {
    const rows = await test.sql`
      select proname, proconfig from pg_proc
      where pronamespace = 'public'::regnamespace and prokind = ${kind === 'function' ? 'f' : 'p'} and proname = any(${names})`;
    expect(rows.map(({ proname }) => proname).sort()).toEqual(names);
    for (const { proconfig } of rows) expect(proconfig).toContain('search_path=pg_catalog, public, pg_temp');
  });

  it('have both triggers of the specification', async () => {
    const rows =
      await test.sql`select tgname from pg_trigger where tgrelid = 'users'::regclass and not tgisinternal order by tgname`;
    expect(rows.map(({ tgname }) => tgname)).toEqual([
      'keep_purged_user',
      'update_users_timestamp',
      'validate_email_format',
    ]);
  });

  it('have search_path pinned, every one of them', async () => {
    const rows = await test.sql`
      select proname, proconfig from pg_proc where pronamespace = 'public'::regnamespace and prokind in ('f', 'p')`;
    const loose = rows.filter(({ proconfig }) => !proconfig?.includes('search_path=pg_catalog, public, pg_temp'));
    expect(loose.map(({ proname }) => proname)).toEqual([]);
  });

  it('can be made again over themselves, with the files that made them', async () => {
    const routines = async () =>
      (
        await test.sql`select pg_get_functiondef(oid) as made from pg_proc where pronamespace = 'public'::regnamespace order by 1`
      ).map(({ made }) => made);
    const before = await routines();
    const migrations = await readMigrations(join(import.meta.dirname, '../../src/auth/migrations'));
    const files = migrations.filter(({ name }) => /routines$|retention$/.test(name));
    expect(files).toHaveLength(4);
    for (const file of files) await test.sql.unsafe(file.sql);
    expect(await routines()).toEqual(before);
  });

  it('can not be led to tables of a temporary schema', async () => {
    await test.sql.begin(async (sql) => {
      // Temporary tables come first wherever the path does not name them.
      await sql`create temp table users (email_normalized text, username text) on commit drop`;
      await sql`insert into users values ('trap@example.org', 'trap')`;
      const [row] = await sql`select email_exists('trap@example.org') as found`;
      expect(row?.found).toBe(false);
    });
  });
});

describe('create_user', () => {
  it('makes a user and its open code', async () => {
    const created = await createUser('create_1', 'Create1@Example.org');
    expect(created.p_error).toBeNull();
    expect(await userRow(created.p_user_id)).toMatchObject({
      username: 'create_1',
      email_normalized: 'create1@example.org',
      role: 'User',
      account_status: 'Active',
      is_email_verified: false,
    });
    const codes = await test.sql`select * from verification_codes where user_id = ${created.p_user_id}`;
    expect(codes).toHaveLength(1);
    expect(codes[0]?.expires_at - codes[0]?.created_at).toBe(15 * 60_000);
  });

  it.each([
    ['Username already taken', 'CREATE_1', 'other@example.org', HASH],
    ['Email already exists', 'create_2', 'create1@example.ORG', HASH],
    ['Invalid username format', 'a-b', 'b@example.org', HASH],
    ['Invalid username format', 'ab', 'b@example.org', HASH],
    ['Invalid username format', null, 'b@example.org', HASH],
    ['Invalid email format', 'create_3', 'nonsense', HASH],
    ['Invalid email format', 'create_3', null, HASH],
    ['Invalid password hash', 'create_3', 'c@example.org', '$2b$12$bcrypt'],
    ['Invalid password hash', 'create_3', 'c@example.org', null],
  ])('says %s and makes nobody', async (error, username, email, hash) => {
    const before = await test.one(test.sql`select count(*) from users`);
    expect(await createUser(username, email, hash)).toMatchObject({
      p_user_id: null,
      p_error: error,
      p_code_expires_at: null,
    });
    expect(await test.one(test.sql`select count(*) from users`)).toEqual(before);
  });

  it('reserves the name when the address is known, for 30 days', async () => {
    await createUser('reserved_1', 'reserved1@example.org');
    expect((await createUser('Reserved_2', 'reserved1@example.org')).p_error).toBe('Email already exists');
    expect((await createUser('reserved_2', 'reserved3@example.org')).p_error).toBe('Username already taken');
    await test.sql`update username_reservations set reserved_until = now() - interval '1 second'`;
    expect((await createUser('reserved_2', 'reserved3@example.org')).p_error).toBeNull();
  });

  it('makes one of twenty who want the same name at once, and one of twenty with the same address', async () => {
    const names = await many(20, (n) => createUser('race_name', `race-name-${n}@example.org`));
    expect(names.filter(({ p_error }) => p_error === null)).toHaveLength(1);
    const mails = await many(20, (n) => createUser(`race_mail_${n}`, 'race-mail@example.org'));
    expect(mails.filter(({ p_error }) => p_error === null)).toHaveLength(1);
    expect(mails.filter(({ p_error }) => p_error === 'Email already exists')).toHaveLength(19);
  });

  it('lets a name be had by a registration or by a reservation, never by both', async () => {
    await createUser('known_owner', 'known-owner@example.org');
    await many(20, async (n) => {
      await Promise.all([
        createUser(`cross_${n}`, 'known-owner@example.org'),
        createUser(`cross_${n}`, `cross-${n}@example.org`),
      ]);
    });
    const both =
      await test.sql`select 1 from users join username_reservations on username_lower = lower(username) and reserved_until > now()`;
    expect(both).toHaveLength(0);
  });

  it('is undone with the transaction that called it', async () => {
    await test.sql
      .begin(async (sql) => {
        await sql`call create_user(null, null, null, 'undone', 'undone@example.org', ${HASH}, 'A', 'B')`;
        throw new Error('undo');
      })
      .catch(() => undefined);
    expect(await test.sql`select 1 from users where username = 'undone'`).toHaveLength(0);
  });
});

describe('lookups', () => {
  it('find addresses and names in any case', async () => {
    await test.user({ username: 'Look_Up', email: 'Look.Up@example.org' });
    const row = await test.one(test.sql`
      select email_exists('LOOK.UP@EXAMPLE.ORG') as email, username_exists('look_UP') as name,
             email_exists('nobody@example.org') as no_email, username_exists('nobody') as no_name`);
    expect(row).toEqual({ email: true, name: true, no_email: false, no_name: false });
    for (const login of ['LOOK_UP', 'look.up@EXAMPLE.org']) {
      expect(await test.sql`select username, role from get_user_by_login(${login})`).toMatchObject([
        { username: 'Look_Up', role: 'User' },
      ]);
    }
    for (const login of ['nobody', '%', '', null]) {
      expect(await test.sql`select * from get_user_by_login(${login})`).toHaveLength(0);
    }
  });

  it('make codes of six digits, leading zeros kept, spread over all of them', async () => {
    const rows = await test.sql`select generate_verification_code() as code from generate_series(1, 5000)`;
    expect(rows.every(({ code }) => /^\d{6}$/.test(code))).toBe(true);
    expect(new Set(rows.map(({ code }) => code[0])).size).toBe(10);
    expect(new Set(rows.map(({ code }) => code)).size).toBeGreaterThan(4_900);
  });

  it('sum a user up, and know nothing of an unknown one', async () => {
    const { user_id } = await test.verifiedUser();
    await test.session(user_id);
    await test.session(user_id);
    await fail(user_id);
    const { stats } = await test.one(test.sql`select get_user_stats(${user_id}) as stats`);
    expect(stats).toMatchObject({ userId: user_id, activeSessions: 2, totalLogins: 2, isEmailVerified: true });
    expect(Date.now() - Date.parse(stats.lastLoginAt)).toBeLessThan(60_000);
    expect(await test.one(test.sql`select get_user_stats(${test.newId()}) as stats`)).toEqual({ stats: null });
  });
});

describe('verify_email', () => {
  it('verifies once', async () => {
    const { user_id } = await test.user();
    const { code_hash } = await test.code(user_id);
    expect(await verify(user_id, code_hash)).toEqual({ p_success: true, p_error: null });
    expect(await userRow(user_id)).toMatchObject({ is_email_verified: true });
    expect(await verify(user_id, code_hash)).toEqual({ p_success: false, p_error: 'Invalid verification code' });
  });

  it('keeps the count of a wrong try, and refuses after five', async () => {
    const { user_id } = await test.user();
    const { code_hash } = await test.code(user_id);
    for (let n = 0; n < 5; n += 1)
      expect((await verify(user_id, fakeHash())).p_error).toBe('Invalid verification code');
    expect(await verify(user_id, code_hash)).toEqual({ p_success: false, p_error: 'Too many attempts' });
    expect(await test.one(test.sql`select attempts from verification_codes where user_id = ${user_id}`)).toEqual({
      attempts: 5,
    });
  });

  it('lets two right tries at once succeed once', async () => {
    const { user_id } = await test.user();
    const { code_hash } = await test.code(user_id);
    const results = await many(10, () => verify(user_id, code_hash));
    expect(results.filter(({ p_success }) => p_success)).toHaveLength(1);
  });

  it('counts fifty wrong tries at once as five', async () => {
    const { user_id } = await test.user();
    await test.code(user_id);
    const results = await many(50, () => verify(user_id, fakeHash()));
    expect(results.filter(({ p_error }) => p_error === 'Invalid verification code')).toHaveLength(5);
    expect(results.filter(({ p_error }) => p_error === 'Too many attempts')).toHaveLength(45);
  });

  it.each([
    ['expired', { created_at: new Date(0), expires_at: new Date(1_000) }, 'Verification code expired'],
    ['voided', { voided_at: new Date() }, 'Invalid verification code'],
    ['for a phone', { code_type: 'Phone' }, 'Invalid verification code'],
  ])('refuses a code that is %s', async (_what, columns: Row, error) => {
    const { user_id } = await test.user();
    const { code_hash } = await test.code(user_id, columns);
    expect(await verify(user_id, code_hash)).toEqual({ p_success: false, p_error: error });
  });

  it('opens no code for nobody: that is a fault, not an outcome', async () => {
    const work = test.sql`select open_verification_code(${test.newId()}, 'Email', ${fakeHash()})`;
    await expect(work).rejects.toMatchObject({ constraint_name: 'verification_codes_user_id_fkey' });
  });

  it('voids no code of another kind or person', async () => {
    const [one, other] = [await test.user(), await test.user()];
    const kept = [await test.code(one.user_id, { code_type: 'Phone' }), await test.code(other.user_id)];
    const { code_hash } = await test.code(one.user_id);
    await test.sql`select open_verification_code(${one.user_id}, 'Email', ${fakeHash()})`;
    const voided = await test.sql`
      select code_hash from verification_codes
      where voided_at is not null and code_hash in ${test.sql([code_hash, ...kept.map((code) => code.code_hash)])}`;
    expect(voided).toMatchObject([{ code_hash }]);
  });

  it('has one open code left when twenty are asked for at once', async () => {
    const { user_id } = await test.user();
    await many(20, () => test.sql`select open_verification_code(${user_id}, 'Email', ${fakeHash()})`);
    const rows = await test.sql`select voided_at from verification_codes where user_id = ${user_id}`;
    expect(rows).toHaveLength(20);
    expect(rows.filter(({ voided_at }) => voided_at === null)).toHaveLength(1);
  });
});

describe('create_user_session', () => {
  it('begins a session, notes the login and clears the failures', async () => {
    const { user_id } = await test.verifiedUser({ failed_login_attempts: 3 });
    const { p_session_id, p_expires_at } = await test.session(user_id, fakeHash(), 'begin');
    expect((p_expires_at.getTime() - Date.now()) / 86_400_000).toBeCloseTo(30, 1);
    expect(await userRow(user_id)).toMatchObject({ failed_login_attempts: 0, last_login_at: expect.any(Date) });
    const session = await test.one(test.sql`select * from user_sessions where session_id = ${p_session_id}`);
    expect(session).toMatchObject({ is_active: true, device_type: 'Web', ip_address: '192.0.2.1' });
    expect((session.absolute_expires_at.getTime() - Date.now()) / 86_400_000).toBeCloseTo(90, 1);
    expect(await test.sql`select login_status from user_login_history where login_identifier = 'begin'`).toMatchObject([
      { login_status: 'Success' },
    ]);
  });

  it.each([
    ['is not verified', { email_verified_at: null }],
    ['is locked', { account_locked_until: new Date(Date.now() + 60_000) }],
    ['is suspended', { account_status: 'Suspended' }],
    ['is deactivated', { account_status: 'Inactive' }],
    ['is deleted', { account_status: 'Deleted', deleted_at: new Date() }],
  ])('begins none for an account that %s', async (_what, columns: Row) => {
    const { user_id } = await test.verifiedUser(columns);
    expect((await test.session(user_id)).p_session_id).toBeNull();
    expect(await test.sql`select 1 from user_sessions where user_id = ${user_id}`).toHaveLength(0);
  });
});

describe('record_failed_login', () => {
  it('locks at the fifth failure in a row, for 15 minutes', async () => {
    const { user_id } = await test.verifiedUser();
    for (let n = 0; n < 4; n += 1) expect((await fail(user_id)).p_locked_until).toBeNull();
    const { p_locked_until } = await fail(user_id);
    expect((p_locked_until.getTime() - Date.now()) / 60_000).toBeCloseTo(15, 0);
  });

  it('neither counts nor prolongs while locked, and begins anew afterwards', async () => {
    const { user_id } = await test.verifiedUser();
    for (let n = 0; n < 5; n += 1) await fail(user_id);
    const locked = await userRow(user_id);
    await fail(user_id);
    expect(await userRow(user_id)).toMatchObject({
      failed_login_attempts: 5,
      account_locked_until: locked.account_locked_until,
    });
    await test.sql`update users set account_locked_until = now() - interval '1 second' where user_id = ${user_id}`;
    await fail(user_id);
    expect(await userRow(user_id)).toMatchObject({ failed_login_attempts: 1, account_locked_until: null });
  });

  it('counts thirty at once as five', async () => {
    const { user_id } = await test.verifiedUser();
    await many(30, () => fail(user_id));
    expect(await userRow(user_id)).toMatchObject({ failed_login_attempts: 5, account_locked_until: expect.any(Date) });
  });

  it('notes attempts for names that nobody has, and those that do not count', async () => {
    await fail(null, false, 'nobody at all');
    expect(
      await test.sql`select user_id from user_login_history where login_identifier = 'nobody at all'`,
    ).toMatchObject([{ user_id: null }]);
    const { user_id } = await test.verifiedUser();
    await fail(user_id, false);
    expect(await userRow(user_id)).toMatchObject({ failed_login_attempts: 0 });
  });
});

describe('store_refresh_token', () => {
  it('exchanges a token, moves the expiry and retires the old one', async () => {
    const { user_id } = await test.verifiedUser();
    const { hash, p_session_id } = await test.session(user_id);
    const next = fakeHash();
    expect(await refresh(hash, next, '198.51.100.7')).toMatchObject({
      p_outcome: 'Rotated',
      p_session_id,
      p_user_id: user_id,
      p_role: 'User',
    });
    expect(await test.one(test.sql`select * from user_sessions where session_id = ${p_session_id}`)).toMatchObject({
      refresh_token_hash: next,
      ip_address: '198.51.100.7',
    });
    expect(
      await test.sql`select token_hash from retired_refresh_hashes where session_id = ${p_session_id}`,
    ).toMatchObject([{ token_hash: hash }]);
  });

  it('lets one of fifty at once win and answers the others as repeats', async () => {
    const { user_id } = await test.verifiedUser();
    const { hash } = await test.session(user_id);
    const next = fakeHash();
    const outcomes = (await many(50, () => refresh(hash, next))).map(({ p_outcome }) => p_outcome);
    expect(outcomes.filter((outcome) => outcome === 'Rotated')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'Replayed')).toHaveLength(49);
  });

  it('says Reused after the grace', async () => {
    const { user_id } = await test.verifiedUser();
    const { hash, p_session_id } = await test.session(user_id);
    await refresh(hash, fakeHash());
    await test.sql`update retired_refresh_hashes set retired_at = now() - interval '11 seconds' where token_hash = ${hash}`;
    expect(await refresh(hash, fakeHash())).toMatchObject({ p_outcome: 'Reused', p_session_id, p_user_id: user_id });
  });

  it('never extends a session beyond its box', async () => {
    const { user_id } = await test.verifiedUser();
    const { hash, p_session_id } = await test.session(user_id);
    await test.sql`update user_sessions set absolute_expires_at = now() + interval '2 days', expires_at = now() + interval '1 day' where session_id = ${p_session_id}`;
    const { p_expires_at } = await refresh(hash, fakeHash());
    expect((p_expires_at.getTime() - Date.now()) / 86_400_000).toBeCloseTo(2, 1);
  });

  it.each([
    ['was never given out', async () => fakeHash()],
    [
      'has expired',
      async (hash: string) =>
        void (await test.sql`update user_sessions set expires_at = now() - interval '1 second' where refresh_token_hash = ${hash}`),
    ],
    [
      'belongs to an ended session',
      async (hash: string) =>
        void (await test.sql`update user_sessions set revoked_at = now(), revoked_reason = 'Logout' where refresh_token_hash = ${hash}`),
    ],
    [
      'belongs to a suspended account',
      async (hash: string) =>
        void (await test.sql`update users set account_status = 'Suspended' where user_id = (select user_id from user_sessions where refresh_token_hash = ${hash})`),
    ],
  ])('refuses a token that %s', async (_what, spoil) => {
    const { user_id } = await test.verifiedUser();
    const { hash } = await test.session(user_id);
    const presented = (await spoil(hash)) ?? hash;
    expect(await refresh(presented, fakeHash())).toMatchObject({ p_outcome: 'Refused' });
  });

  it('refuses a retired token of an ended session, so that a reuse is reported once', async () => {
    const { user_id } = await test.verifiedUser();
    const { hash, p_session_id } = await test.session(user_id);
    await refresh(hash, fakeHash());
    await revoke(user_id, p_session_id);
    expect(await refresh(hash, fakeHash())).toMatchObject({ p_outcome: 'Refused' });
  });
});

describe('revoke_user_sessions', () => {
  it('ends one, all, or all but one, and says which', async () => {
    const { user_id } = await test.verifiedUser();
    const [a, b, c, d] = (await many(4, () => test.session(user_id))).map(({ p_session_id }) => p_session_id);
    expect(await revoke(user_id, a)).toEqual({ p_sessions_revoked: 1, p_session_ids: [a] });
    expect(await revoke(user_id, a)).toEqual({ p_sessions_revoked: 0, p_session_ids: [] });
    const others = await revoke(user_id, null, true, d);
    expect([others.p_sessions_revoked, [...others.p_session_ids].sort()]).toEqual([2, [b, c].sort()]);
    expect(await revoke(user_id, null, true)).toEqual({ p_sessions_revoked: 1, p_session_ids: [d] });
  });

  it('leaves sessions of others alone', async () => {
    const [owner, thief] = [await test.verifiedUser(), await test.verifiedUser()];
    const { p_session_id } = await test.session(owner.user_id);
    expect(await revoke(thief.user_id, p_session_id)).toMatchObject({ p_sessions_revoked: 0 });
    expect(await revoke(thief.user_id, null)).toMatchObject({ p_sessions_revoked: 0 });
  });
});

describe('update_user_profile and soft_delete_user', () => {
  it('change what is given and leave the rest', async () => {
    const { user_id } = await test.user({ phone_number: '+491', phone_verified_at: new Date() });
    const update = (...values: (string | null)[]) =>
      test.one(
        test.sql`call update_user_profile(null, null, ${user_id}, ${values[0] ?? null}, ${values[1] ?? null}, ${values[2] ?? null}, ${values[3] ?? null})`,
      );
    expect(await update('Grace')).toEqual({ p_success: true, p_error: null });
    expect(await userRow(user_id)).toMatchObject({
      first_name: 'Grace',
      last_name: 'Lovelace',
      is_phone_verified: true,
    });
    await update(null, null, '+491', 'https://cdn.example/p');
    expect(await userRow(user_id)).toMatchObject({
      is_phone_verified: true,
      profile_picture_url: 'https://cdn.example/p',
    });
    await update(null, null, '+492');
    expect(await userRow(user_id)).toMatchObject({ phone_number: '+492', is_phone_verified: false });
  });

  it('delete once, with all sessions', async () => {
    const { user_id } = await test.verifiedUser();
    await test.session(user_id);
    const remove = () => test.one(test.sql`call soft_delete_user(null, null, ${user_id})`);
    expect(await remove()).toEqual({ p_success: true, p_error: null });
    expect(await userRow(user_id)).toMatchObject({ account_status: 'Deleted', is_deleted: true });
    expect(await test.sql`select 1 from user_sessions where user_id = ${user_id} and is_active`).toHaveLength(0);
    expect(await remove()).toEqual({ p_success: false, p_error: 'User not found' });
  });

  it('know nobody by an unknown id', async () => {
    const id = test.newId();
    expect(await test.one(test.sql`call update_user_profile(null, null, ${id})`)).toEqual({
      p_success: false,
      p_error: 'User not found',
    });
    expect(await test.one(test.sql`call soft_delete_user(null, null, ${id})`)).toEqual({
      p_success: false,
      p_error: 'User not found',
    });
  });
});
