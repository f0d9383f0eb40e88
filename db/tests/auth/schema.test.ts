import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeHash, openTestDatabase, type TestDatabase } from './database-fixture.ts';
import { refusedBy } from './sample-rows.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await openTestDatabase();
});
afterAll(() => test.close());

describe('a user', () => {
  it.each([
    ['validate_email_format', { email: 'no address' }],
    ['validate_email_format', { email: 'a b@example.org' }],
    ['validate_email_format', { email: 'a@b@example.org' }],
    ['validate_email_format', { email: 'line\n@example.org' }],
    ['first_name', { first_name: null }],
    ['role', { role: null }],
  ])('is refused by %s for %j', async (constraint, columns) => {
    expect(await refusedBy(test.user(columns))).toBe(constraint);
  });

  it('is the only one with its username and its address, whatever the case', async () => {
    await test.user({ username: 'Casey', email: 'Casey@Example.org' });
    expect(await refusedBy(test.user({ username: 'cASEY' }))).toBe('users_username_lower_key');
    expect(await refusedBy(test.user({ email: 'casey@example.ORG' }))).toBe('users_email_normalized_key');
  });

  it('has flags that follow its moments and can not be set', async () => {
    const user = await test.user();
    expect(user).toMatchObject({ is_email_verified: false, is_phone_verified: false, is_deleted: false });
    const verified = await test.one(
      test.sql`update users set email_verified_at = now(), phone_number = '+491', phone_verified_at = now() where user_id = ${user.user_id} returning *`,
    );
    expect(verified).toMatchObject({ is_email_verified: true, is_phone_verified: true });
    expect(
      await refusedBy(test.sql`update users set is_email_verified = true where user_id = ${user.user_id}`),
    ).not.toBeNull();
  });

  it('is an ordinary active user unless told otherwise', async () => {
    expect(await test.user()).toMatchObject({
      role: 'User',
      account_status: 'Active',
      failed_login_attempts: 0,
      version: '1',
    });
  });
});

describe('triggers', () => {
  it('move updated_at with every change', async () => {
    const { user_id } = await test.user({ updated_at: new Date('2020-01-01') });
    const changed = await test.one(
      test.sql`update users set first_name = 'B' where user_id = ${user_id} returning updated_at`,
    );
    expect(Date.now() - changed.updated_at.getTime()).toBeLessThan(60_000);
  });

  it('keep email_normalized whatever is written into it', async () => {
    const user = await test.user({ email: 'MiXed@Example.org', email_normalized: 'other@example.org' });
    expect(user.email_normalized).toBe('mixed@example.org');
    const changed = await test.one(test.sql`
      update users set email_normalized = 'stolen@example.org' where user_id = ${user.user_id} returning email_normalized`);
    expect(changed.email_normalized).toBe('mixed@example.org');
  });

  it('look at the address only when it changes: an odd one that was accepted once does not stop a login', async () => {
    const { user_id } = await test.user();
    await test.sql`alter table users disable trigger validate_email_format`;
    await test.sql`update users set email = 'odd one' where user_id = ${user_id}`;
    await test.sql`alter table users enable trigger validate_email_format`;
    expect(await refusedBy(test.sql`update users set last_login_at = now() where user_id = ${user_id}`)).toBeNull();
    expect(await refusedBy(test.sql`update users set email = 'odd too' where user_id = ${user_id}`)).toBe(
      'validate_email_format',
    );
  });

  it.each([["o'neill+tag@example.co.uk"], ['用户@xn--fsqu00a.xn--4rr70v'], ['a@b.museum']])(
    'accept %s',
    async (email) => {
      expect(await refusedBy(test.user({ email }))).toBeNull();
    },
  );
});

describe('codes, tokens, sessions and reservations', () => {
  it('of codes at most one of a kind is open', async () => {
    const { user_id } = await test.user();
    await test.code(user_id);
    expect(await refusedBy(test.code(user_id))).toBe('verification_codes_open_key');
    expect(await refusedBy(test.code(user_id, { code_type: 'Phone' }))).toBeNull();
    expect(await refusedBy(test.code(user_id, { voided_at: new Date() }))).toBeNull();
  });

  it('a reset token lives 15 minutes, and only as a hash', async () => {
    const { user_id } = await test.user();
    const token = await test.one(test.sql`
      insert into password_reset_tokens (user_id, token_hash) values (${user_id}, ${fakeHash()}) returning *`);
    expect(token.expires_at - token.created_at).toBe(15 * 60_000);
    expect(token.is_used).toBe(false);
  });

  it('two sessions never share a refresh token', async () => {
    const { user_id } = await test.verifiedUser();
    const { hash } = await test.session(user_id);
    expect(await refusedBy(test.session(user_id, hash))).toBe('user_sessions_refresh_token_hash_key');
  });

  it('a line of the history has the address that it came from', async () => {
    const row = { login_identifier: 'x', login_status: 'Success', ip_address: null };
    expect(await refusedBy(test.sql`insert into user_login_history ${test.sql(row)}`)).toBe('ip_address');
  });

  it('addresses are addresses', async () => {
    const row = { login_identifier: 'x', login_status: 'Success', ip_address: 'not an address' };
    expect(await refusedBy(test.sql`insert into user_login_history ${test.sql(row)}`)).toContain('inet');
  });

  it('go with their user; the history stays without naming them', async () => {
    const { user_id } = await test.verifiedUser();
    await test.code(user_id);
    await test.session(user_id, fakeHash(), 'who was deleted');
    await test.sql`delete from users where user_id = ${user_id}`;
    expect(await test.sql`select 1 from user_sessions where user_id = ${user_id}`).toHaveLength(0);
    expect(await test.sql`select 1 from verification_codes where user_id = ${user_id}`).toHaveLength(0);
    expect(
      await test.sql`select user_id from user_login_history where login_identifier = 'who was deleted'`,
    ).toMatchObject([{ user_id: null }]);
  });

  it('a mail that was sent or given up holds nothing any more', async () => {
    const [id, at] = [test.newId(), new Date()];
    await test.sql`insert into mail_outbox (mail_id, kind, sealed) values (${id}, 'X', ${Buffer.of(1)})`;
    expect(await refusedBy(test.sql`update mail_outbox set sent_at = ${at} where mail_id = ${id}`)).toBe(
      'mail_outbox_erased_when_done',
    );
    expect(await refusedBy(test.sql`update mail_outbox set sealed = null where mail_id = ${id}`)).toBe(
      'mail_outbox_erased_when_done',
    );
    expect(
      await refusedBy(test.sql`update mail_outbox set sealed = null, sent_at = ${at} where mail_id = ${id}`),
    ).toBeNull();
  });
});

describe('what the specification forbids at rest', () => {
  it.each([
    ['user_sessions', 'refresh_token'],
    ['verification_codes', 'code'],
    ['password_reset_tokens', 'token'],
  ])('%s has no column %s', async (table, column) => {
    const rows =
      await test.sql`select 1 from information_schema.columns where table_name = ${table} and column_name = ${column}`;
    expect(rows).toHaveLength(0);
  });

  it('moments without a time zone', async () => {
    const rows = await test.sql`
      select table_name, column_name from information_schema.columns
      where table_schema = 'public' and data_type = 'timestamp without time zone'`;
    expect([...rows]).toEqual([]);
  });
});

/** Every index: its table and what it is on. */
const INDEXES: [string, string][] = [
  ['users', '(user_id)'],
  ['users', '(lower((username)::text))'],
  ['users', '(email_normalized)'],
  ['users', '(is_deleted, account_status)'],
  ['users', '(created_at DESC)'],
  ['users', '(last_login_at DESC)'],
  ['user_sessions', '(session_id)'],
  ['user_sessions', '(refresh_token_hash)'],
  ['user_sessions', '(user_id, is_active, created_at DESC, session_id DESC)'],
  ['user_sessions', '(expires_at)'],
  ['user_sessions', '(created_at DESC)'],
  ['verification_codes', '(verification_id)'],
  ['verification_codes', '(user_id, code_type, is_used)'],
  ['verification_codes', '(user_id, code_type)'],
  ['verification_codes', '(code_hash)'],
  ['verification_codes', '(expires_at)'],
  ['verification_codes', '(created_at DESC)'],
  ['user_login_history', '(login_at, login_id)'],
  ['user_login_history', '(user_id, login_at DESC)'],
  ['user_login_history', '(ip_address, login_at DESC)'],
  ['user_login_history', '(login_status, login_at DESC)'],
  ['user_login_history', '(login_at DESC)'],
  ['password_reset_tokens', '(token_id)'],
  ['password_reset_tokens', '(token_hash)'],
  ['password_reset_tokens', '(user_id, is_used, expires_at)'],
  ['password_reset_tokens', '(expires_at)'],
  ['retired_refresh_hashes', '(token_hash)'],
  ['retired_refresh_hashes', '(session_id)'],
  ['username_reservations', '(username_lower)'],
  ['username_reservations', '(reserved_until)'],
  ['signing_keys', '(kid)'],
  ['users', '(updated_at, user_id)'],
  ['users', '(deactivated_at)'],
  ['users', '(suspended_until)'],
  ['totp_secrets', '(user_id)'],
  ['totp_secrets', '(created_at)'],
  ['recovery_codes', '(code_id)'],
  ['recovery_codes', '(user_id, code_hash)'],
  ['recovery_codes', '(user_id, is_used)'],
  ['passkeys', '(passkey_id)'],
  ['passkeys', '(credential_id)'],
  ['passkeys', '(user_id, created_at DESC, passkey_id DESC)'],
  ['audit_log', '(audit_id)'],
  ['audit_log', '(subject_type, subject_id, at DESC, audit_id DESC)'],
  ['audit_log', '(actor_id, at DESC, audit_id DESC)'],
  ['audit_log', '(action, at DESC, audit_id DESC)'],
  ['audit_log', '(at DESC, audit_id DESC)'],
  ['username_history', '(history_id)'],
  ['username_history', '(user_id, released_at DESC, history_id DESC)'],
  ['username_history', '(lower((username)::text), released_at DESC)'],
  ['user_tombstones', '(user_id)'],
  ['user_tombstones', '(purged_at)'],
  ['purge_receipts', '(user_id, service)'],
  ['signing_keys', '(((published_until IS NULL)))'],
  ['mail_outbox', '(mail_id)'],
  ['mail_outbox', '(available_at, mail_id)'],
  ['mail_outbox', '(created_at)'],
  ['outbox', '(id)'],
  ['outbox', '(event_id)'],
  ['outbox', '(appended_at)'],
  ['inbox', '(consumer, event_id)'],
  ['inbox', '(received_at)'],
];

describe('indexes', () => {
  it.each(INDEXES)('%s has one on %s', async (table, columns) => {
    const rows = await test.sql`select indexdef from pg_indexes where schemaname = 'public' and tablename = ${table}`;
    expect(rows.map(({ indexdef }) => indexdef.replace(/^.* USING btree (.*?)( WHERE .*)?$/, '$1'))).toContain(columns);
  });

  it('are no others than these', async () => {
    const rows = await test.sql`
      select count(*)::int as count from pg_index join pg_class on pg_class.oid = indrelid
      where relnamespace = 'public'::regnamespace and not relispartition
        and relname not in ('outbox', 'outbox_relay', 'inbox', 'schema_migrations')`;
    const own = INDEXES.filter(([table]) => table !== 'outbox' && table !== 'inbox');
    expect(rows[0]?.count).toBe(own.length);
  });

  it('say which query they serve', async () => {
    const rows = await test.sql`
      select c.relname, obj_description(c.oid) as serves from pg_index join pg_class c on c.oid = indexrelid
      where relnamespace = 'public'::regnamespace and not relispartition
        and not exists (select from pg_constraint where conindid = c.oid and contype in ('p', 'u'))`;
    expect(rows.length).toBeGreaterThan(40);
    expect(rows.filter(({ serves }) => !serves).map(({ relname }) => relname)).toEqual([]);
  });

  it('serve the queries of requests: none reads a whole table', async () => {
    const id = test.newId();
    const plans = await test.sql.begin(async (sql) => {
      await sql`set local enable_seqscan = off`;
      const explain = async (query: string) => JSON.stringify(await sql.unsafe(`explain ${query}`));
      return Promise.all([
        explain(`select * from users where email_normalized = lower('a') or lower(username) = lower('a')`),
        explain(
          `select * from user_sessions where user_id = '${id}' and is_active order by created_at desc, session_id desc limit 21`,
        ),
        explain(`select * from user_sessions where refresh_token_hash = 'a'`),
        explain(
          `select * from mail_outbox where sealed is not null and available_at <= now() order by available_at, mail_id limit 10`,
        ),
      ]);
    });
    for (const plan of plans) expect(plan).not.toContain('Seq Scan');
    expect(plans[1]).not.toContain('Sort');
    expect(plans[3]).not.toContain('Sort');
  });
});
