import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeHash, openTestDatabase, type Row, type TestDatabase } from './database-fixture.ts';
import { insertRow, refusedBy, sampleRows } from './sample-rows.ts';

let test: TestDatabase;
let rows: ReturnType<typeof sampleRows>;
beforeAll(async () => {
  test = await openTestDatabase();
  rows = sampleRows((await test.verifiedUser()).user_id);
});
afterAll(() => test.close());

type Table = keyof ReturnType<typeof sampleRows> | 'totp_secrets' | 'retired_refresh_hashes' | 'purge_receipts';

/** A row of a table whose key is somebody else's, made first. */
async function rowOf(table: Table): Promise<Row> {
  switch (table) {
    case 'totp_secrets':
      return { user_id: (await test.user()).user_id, secret_encrypted: randomBytes(48) };
    case 'retired_refresh_hashes':
      return {
        token_hash: fakeHash(),
        session_id: (await insertRow(test, 'user_sessions', rows.user_sessions())).session_id,
      };
    case 'purge_receipts': {
      const { user_id } = await insertRow(test, 'user_tombstones', rows.user_tombstones());
      return { user_id, service: 'posts', erased_items: 0 };
    }
    default:
      return rows[table]();
  }
}
const put = async (table: Table, columns: Row = {}) => insertRow(test, table, { ...(await rowOf(table)), ...columns });

const at = (seconds: number) => new Date(Date.now() + seconds * 1_000);
const ofLength = (length: number) => 'x'.repeat(length);

/** Of each rule: its table, what it takes, what it refuses. Another rule of the table must not be in the way. */
const RULES: Record<string, [Table, Row[], Row[]]> = {
  users_username_length: ['users', [{ username: 'abc' }], [{ username: 'ab' }]],
  users_username_form: [
    'users',
    [{ username: 'A_1' }, { username: ofLength(50) }],
    [{ username: 'with-dash' }, { username: 'line\n' }, { username: 'ümlaut' }, { username: 'a b' }],
  ],
  users_password_hash_form: [
    'users',
    [{ password_hash: '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA' }],
    [
      { password_hash: '$2b$12$abcdefghijklmnopqrstuv' },
      { password_hash: 'plain text' },
      { password_hash: '$argon2i$x' },
    ],
  ],
  users_role_known: [
    'users',
    [{ role: 'User' }, { role: 'Moderator' }, { role: 'Admin' }],
    [{ role: 'Root' }, { role: 'admin' }],
  ],
  users_account_status_known: [
    'users',
    [{ account_status: 'Active' }, { account_status: 'Inactive' }, { account_status: 'Suspended' }],
    [{ account_status: 'Gone' }],
  ],
  users_failed_login_attempts_positive: ['users', [{ failed_login_attempts: 0 }], [{ failed_login_attempts: -1 }]],
  users_deleted_has_moment: [
    'users',
    [{ account_status: 'Deleted', deleted_at: at(0) }],
    [{ account_status: 'Deleted' }, { deleted_at: at(0) }],
  ],
  users_phone_verified_has_number: [
    'users',
    [{ phone_verified_at: at(0), phone_number: '+431' }],
    [{ phone_verified_at: at(0) }],
  ],
  users_version_positive: ['users', [{ version: 1 }], [{ version: 0 }]],
  users_deactivated_is_inactive: [
    'users',
    [{ account_status: 'Inactive', deactivated_at: at(0) }],
    [{ deactivated_at: at(0) }, { account_status: 'Suspended', deactivated_at: at(0) }],
  ],
  users_suspension_is_suspended: [
    'users',
    [{ account_status: 'Suspended', suspended_until: at(60) }, { account_status: 'Suspended' }],
    [{ suspended_until: at(60) }],
  ],
  username_reservations_lower: ['username_reservations', [{ username_lower: 'lower' }], [{ username_lower: 'Upper' }]],
  username_reservations_reason_known: [
    'username_reservations',
    [{ reason: 'RegistrationAttempt' }, { reason: 'Purged' }, { reason: 'Renamed' }],
    [{ reason: 'Whim' }],
  ],
  verification_codes_type_known: [
    'verification_codes',
    [{ code_type: 'Email' }, { code_type: 'Phone' }, { code_type: 'PasswordReset' }],
    [{ code_type: 'Pigeon' }],
  ],
  verification_codes_hash_form: ['verification_codes', [{ code_hash: fakeHash() }], [{ code_hash: '123456' }]],
  verification_codes_attempts_bounded: [
    'verification_codes',
    [{ attempts: 0 }, { attempts: 5 }],
    [{ attempts: 6 }, { attempts: -1 }],
  ],
  verification_codes_used_or_voided: [
    'verification_codes',
    [{ used_at: at(0), voided_at: null }],
    [{ used_at: at(0), voided_at: at(0) }],
  ],
  verification_codes_expiry_later: ['verification_codes', [{ expires_at: at(1) }], [{ expires_at: new Date(0) }]],
  password_reset_tokens_hash_form: ['password_reset_tokens', [{ token_hash: fakeHash() }], [{ token_hash: 'plain' }]],
  password_reset_tokens_expiry_later: ['password_reset_tokens', [{ expires_at: at(1) }], [{ expires_at: new Date(0) }]],
  user_sessions_refresh_token_hash_form: [
    'user_sessions',
    [{ refresh_token_hash: fakeHash() }],
    [{ refresh_token_hash: 'plain' }],
  ],
  user_sessions_expiry_boxed: ['user_sessions', [{ expires_at: at(1) }], [{ expires_at: at(1e7) }]],
  user_sessions_revoked_has_reason: [
    'user_sessions',
    [{ revoked_at: at(0), revoked_reason: 'Logout' }],
    [{ revoked_at: at(0) }, { revoked_reason: 'Logout' }],
  ],
  user_sessions_revoked_reason_known: [
    'user_sessions',
    ['Logout', 'PasswordChanged', 'RoleChanged', 'StatusChanged', 'TokenReuse', 'Admin'].map((revoked_reason) => ({
      revoked_at: at(0),
      revoked_reason,
    })),
    [{ revoked_at: at(0), revoked_reason: 'Whim' }],
  ],
  retired_refresh_hashes_form: ['retired_refresh_hashes', [{ token_hash: fakeHash() }], [{ token_hash: 'plain' }]],
  user_login_history_status_known: [
    'user_login_history',
    ['Failed', 'Locked', 'Unverified'].map((login_status) => ({ login_status, failure_reason: 'x' })),
    [{ login_status: 'Odd', failure_reason: 'Odd' }],
  ],
  user_login_history_reason_of_failure: [
    'user_login_history',
    [{}],
    [{ login_status: 'Failed' }, { login_status: 'Success', failure_reason: 'x' }],
  ],
  signing_keys_algorithm_known: [
    'signing_keys',
    [{ algorithm: 'EdDSA' }],
    [{ algorithm: 'none' }, { algorithm: 'RS256' }],
  ],
  signing_keys_public_only: ['signing_keys', [{ public_jwk: { x: '1' } }], [{ public_jwk: { x: '1', d: 'private' } }]],
  signing_keys_published_after_signing: [
    'signing_keys',
    [{ signs_from: at(0), published_until: at(1) }],
    [{ signs_from: at(1), published_until: at(0) }],
  ],
  mail_outbox_sent_or_failed: [
    'mail_outbox',
    [{ sealed: null, failed_at: at(0) }],
    [{ sealed: null, sent_at: at(0), failed_at: at(0) }],
  ],
  mail_outbox_erased_when_done: [
    'mail_outbox',
    [{ sealed: null, sent_at: at(0) }],
    [{ sent_at: at(0) }, { failed_at: at(0) }, { sealed: null }],
  ],
  mail_outbox_attempts_positive: ['mail_outbox', [{ attempts: 0 }], [{ attempts: -1 }]],
  totp_secrets_encrypted: [
    'totp_secrets',
    [{ secret_encrypted: randomBytes(40) }],
    [{ secret_encrypted: randomBytes(20) }, { secret_encrypted: randomBytes(32) }],
  ],
  totp_secrets_used_is_confirmed: [
    'totp_secrets',
    [{ confirmed_at: at(0), last_used_step: 58_000_000 }, { confirmed_at: at(0) }],
    [{ last_used_step: 58_000_000 }],
  ],
  totp_secrets_step_positive: [
    'totp_secrets',
    [{ confirmed_at: at(0), last_used_step: 0 }],
    [{ confirmed_at: at(0), last_used_step: -1 }],
  ],
  recovery_codes_hash_form: ['recovery_codes', [{ code_hash: fakeHash() }], [{ code_hash: 'abcd-efgh' }]],
  passkeys_credential_length: [
    'passkeys',
    [{ credential_id: randomBytes(16) }, { credential_id: randomBytes(1_023) }],
    [{ credential_id: randomBytes(15) }, { credential_id: randomBytes(1_024) }],
  ],
  passkeys_public_key_length: [
    'passkeys',
    [{ public_key: randomBytes(32) }, { public_key: randomBytes(2_048) }],
    [{ public_key: randomBytes(31) }, { public_key: randomBytes(2_049) }],
  ],
  passkeys_sign_count_range: [
    'passkeys',
    [{ sign_count: 0 }, { sign_count: 4_294_967_295 }],
    [{ sign_count: -1 }, { sign_count: 4_294_967_296 }],
  ],
  passkeys_transports_known: [
    'passkeys',
    [{ transports: [] }, { transports: ['usb', 'nfc', 'ble', 'smart-card', 'hybrid', 'internal'] }],
    [{ transports: ['usb', 'telepathy'] }],
  ],
  passkeys_name_given: ['passkeys', [{ name: 'x' }], [{ name: '' }]],
  audit_log_action_form: ['audit_log', [{ action: 'RoleChanged' }], [{ action: 'role changed' }, { action: '' }]],
  audit_log_subject_type_form: ['audit_log', [{ subject_type: 'Post' }], [{ subject_type: 'a post' }]],
  audit_log_subject_given: ['audit_log', [{ subject_id: '1' }], [{ subject_id: '' }]],
  audit_log_reason_given: ['audit_log', [{ reason: null }, { reason: 'x' }], [{ reason: '' }]],
  audit_log_details_object: ['audit_log', [{ details: {} }], [{ details: ['a list'] }]],
  username_history_form: ['username_history', [{ username: 'abc' }], [{ username: 'a-b' }, { username: 'ab' }]],
  user_tombstones_completed_later: [
    'user_tombstones',
    [{ completed_at: null }, { purged_at: at(0), completed_at: at(0) }],
    [{ purged_at: at(0), completed_at: at(-1) }],
  ],
  purge_receipts_service_form: ['purge_receipts', [{ service: 'posts' }], [{ service: 'Posts!' }, { service: '' }]],
  purge_receipts_items_positive: ['purge_receipts', [{ erased_items: 0 }], [{ erased_items: -1 }]],
};

describe('the rules of rows', () => {
  it('have a case each', async () => {
    const known = await test.sql`
      select conname from pg_constraint join pg_class on pg_class.oid = conrelid
      where contype = 'c' and connamespace = 'public'::regnamespace and not relispartition`;
    expect(Object.keys(RULES).sort()).toEqual(known.map(({ conname }) => conname).sort());
  });

  it.each(Object.entries(RULES))(
    '%s takes what fits and refuses what does not',
    async (name, [table, taken, refused]) => {
      for (const columns of taken) expect(await refusedBy(put(table, columns))).toBeNull();
      for (const columns of refused) expect(await refusedBy(put(table, columns))).toBe(name);
    },
  );
});

/** Of each unique index: its table and what two rows of it have in common. */
const UNIQUE: Record<string, [Table, () => Row, (() => Row)?]> = {
  users_username_lower_key: ['users', () => ({ username: 'Casey' }), () => ({ username: 'cASEY' })],
  users_email_normalized_key: ['users', () => ({ email: 'Ca@Example.org' }), () => ({ email: 'ca@example.ORG' })],
  verification_codes_open_key: ['verification_codes', () => ({ voided_at: null })],
  password_reset_tokens_token_hash_key: ['password_reset_tokens', () => ({ token_hash: HASH })],
  user_sessions_refresh_token_hash_key: ['user_sessions', () => ({ refresh_token_hash: HASH })],
  signing_keys_newest_key: ['signing_keys', () => ({ published_until: null })],
  recovery_codes_code_key: ['recovery_codes', () => ({ code_hash: HASH })],
  passkeys_credential_key: ['passkeys', () => ({ credential_id: CREDENTIAL })],
};
const HASH = fakeHash();
const CREDENTIAL = randomBytes(32);

describe('what is there once', () => {
  it('has a case each, but for the keys of the outbox, which the kit tests', async () => {
    const known = await test.sql`
      select c.relname from pg_index i join pg_class c on c.oid = indexrelid
      where indisunique and not indisprimary and relnamespace = 'public'::regnamespace and c.relname <> 'outbox_event_id_key'`;
    expect(Object.keys(UNIQUE).sort()).toEqual(known.map(({ relname }) => relname).sort());
  });

  it.each(Object.entries(UNIQUE))('%s refuses a second', async (name, [table, first, second = first]) => {
    expect(await refusedBy(put(table, first()))).toBeNull();
    expect(await refusedBy(put(table, second()))).toBe(name);
    expect(await refusedBy(put(table))).toBeNull();
  });

  it.each<[string, Table, string]>([
    ['one secret of an authenticator per person', 'totp_secrets', 'totp_secrets_pkey'],
    ['one tombstone per person', 'user_tombstones', 'user_tombstones_pkey'],
    ['one receipt per person and service', 'purge_receipts', 'purge_receipts_pkey'],
    ['a refresh token is retired once', 'retired_refresh_hashes', 'retired_refresh_hashes_pkey'],
    ['a name is reserved once', 'username_reservations', 'username_reservations_pkey'],
  ])('%s', async (_what, table, key) => {
    const row = await rowOf(table);
    await insertRow(test, table, row);
    expect(await refusedBy(insertRow(test, table, row))).toBe(key);
  });
});

describe('references', () => {
  const NOBODY = '00000000-0000-4000-8000-000000000000';

  it.each<[Table, string, string]>([
    ['verification_codes', 'user_id', 'verification_codes_user_id_fkey'],
    ['password_reset_tokens', 'user_id', 'password_reset_tokens_user_id_fkey'],
    ['user_sessions', 'user_id', 'user_sessions_user_id_fkey'],
    ['user_login_history', 'user_id', 'user_login_history_user_id_fkey'],
    ['retired_refresh_hashes', 'session_id', 'retired_refresh_hashes_session_id_fkey'],
    ['totp_secrets', 'user_id', 'totp_secrets_user_id_fkey'],
    ['recovery_codes', 'user_id', 'recovery_codes_user_id_fkey'],
    ['passkeys', 'user_id', 'passkeys_user_id_fkey'],
    ['username_history', 'user_id', 'username_history_user_id_fkey'],
    ['purge_receipts', 'user_id', 'purge_receipts_user_id_fkey'],
  ])('of %s.%s lead to somebody', async (table, column, key) => {
    expect(await refusedBy(put(table, { [column]: NOBODY }))).toBe(key);
  });

  it('go with their user', async () => {
    const { user_id } = await test.verifiedUser();
    const own = sampleRows(user_id);
    const { session_id } = await insertRow(test, 'user_sessions', own.user_sessions());
    await insertRow(test, 'retired_refresh_hashes', { token_hash: fakeHash(), session_id });
    await insertRow(test, 'totp_secrets', { user_id, secret_encrypted: randomBytes(48) });
    const tables = [
      'verification_codes',
      'password_reset_tokens',
      'recovery_codes',
      'passkeys',
      'username_history',
    ] as const;
    for (const table of tables) await insertRow(test, table, own[table]());

    await test.sql`delete from users where user_id = ${user_id}`;
    for (const table of [...tables, 'user_sessions', 'totp_secrets']) {
      expect(await test.sql`select 1 from ${test.sql(table)} where user_id = ${user_id}`, table).toHaveLength(0);
    }
    expect(await test.sql`select 1 from retired_refresh_hashes where session_id = ${session_id}`).toHaveLength(0);
  });
});

describe('what must be there', () => {
  it('is there in every column that has no meaning without a value', async () => {
    const rows = await test.sql`
      select relname || '.' || attname as name from pg_attribute join pg_class on pg_class.oid = attrelid
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and attnum > 0
        and not attisdropped and not attnotnull and relname not in ('outbox', 'outbox_relay', 'inbox')`;
    expect(rows.map(({ name }) => name).sort()).toEqual(
      [
        'audit_log.actor_id',
        'audit_log.reason',
        'mail_outbox.failed_at',
        'mail_outbox.last_error',
        'mail_outbox.sealed',
        'mail_outbox.sent_at',
        'passkeys.last_used_at',
        'password_reset_tokens.ip_address',
        'password_reset_tokens.used_at',
        'recovery_codes.used_at',
        'signing_keys.published_until',
        'totp_secrets.confirmed_at',
        'totp_secrets.last_used_step',
        'user_login_history.device_info',
        'user_login_history.device_type',
        'user_login_history.failure_reason',
        'user_login_history.location',
        'user_login_history.user_agent',
        'user_login_history.user_id',
        'user_sessions.device_info',
        'user_sessions.device_type',
        'user_sessions.ip_address',
        'user_sessions.location',
        'user_sessions.revoked_at',
        'user_sessions.revoked_reason',
        'user_sessions.user_agent',
        'user_tombstones.completed_at',
        'users.account_locked_until',
        'users.deactivated_at',
        'users.deleted_at',
        'users.email_verified_at',
        'users.last_login_at',
        'users.password_changed_at',
        'users.phone_number',
        'users.phone_verified_at',
        'users.profile_picture_url',
        'users.suspended_until',
        'verification_codes.used_at',
        'verification_codes.voided_at',
      ].sort(),
    );
  });
});
