import { randomBytes, randomUUID } from 'node:crypto';
import { fakeHash, type Row, type TestDatabase } from './database-fixture.ts';

const MINUTE = 60_000;
const soon = () => new Date(Date.now() + MINUTE);
const later = () => new Date(Date.now() + 2 * MINUTE);

/** Rows that fit, new each time, one maker for each table with rules of its own. */
export function sampleRows(userId: string) {
  return {
    users: (): Row => {
      const name = `u_${randomBytes(8).toString('hex')}`;
      return {
        username: name,
        email: `${name}@example.org`,
        email_normalized: '',
        password_hash: '$argon2id$test',
        first_name: 'Ada',
        last_name: 'Lovelace',
      };
    },
    username_reservations: (): Row => ({
      username_lower: `r_${randomBytes(8).toString('hex')}`,
      reason: 'Purged',
      reserved_until: soon(),
    }),
    // Voided: of open ones there is one at a time.
    verification_codes: (): Row => ({
      user_id: userId,
      code_hash: fakeHash(),
      code_type: 'Email',
      expires_at: soon(),
      voided_at: new Date(),
    }),
    password_reset_tokens: (): Row => ({ user_id: userId, token_hash: fakeHash() }),
    user_sessions: (): Row => ({
      user_id: userId,
      refresh_token_hash: fakeHash(),
      expires_at: soon(),
      absolute_expires_at: later(),
    }),
    user_login_history: (): Row => ({ login_identifier: 'x', login_status: 'Success', ip_address: '192.0.2.1' }),
    // Not the newest one: of those there is one.
    signing_keys: (): Row => ({
      kid: randomUUID(),
      algorithm: 'EdDSA',
      public_jwk: { kty: 'OKP' },
      private_key_encrypted: randomBytes(64),
      signs_from: soon(),
      published_until: later(),
    }),
    mail_outbox: (): Row => ({ mail_id: randomUUID(), kind: 'X', sealed: randomBytes(8) }),
    recovery_codes: (): Row => ({ user_id: userId, code_hash: fakeHash() }),
    passkeys: (): Row => ({
      user_id: userId,
      credential_id: randomBytes(32),
      public_key: randomBytes(77),
      transports: ['internal', 'hybrid'],
      name: 'Phone',
    }),
    audit_log: (): Row => ({
      actor_id: userId,
      action: 'RoleChanged',
      subject_type: 'User',
      subject_id: randomUUID(),
      reason: 'Asked for it',
      details: { from: 'User', to: 'Moderator' },
    }),
    username_history: (): Row => ({ user_id: userId, username: 'earlier_name' }),
    user_tombstones: (): Row => ({ user_id: randomUUID() }),
  };
}

/** Inserts a row. */
export const insertRow = (test: TestDatabase, table: string, row: Row): Promise<Row> =>
  test.one(test.sql`insert into ${test.sql(table)} ${test.sql(row)} returning *`);

/** The name of what refuses the work: a constraint, a column that must not be null, or else the message; null if nothing. */
export const refusedBy = (work: PromiseLike<unknown>): Promise<string | null> =>
  Promise.resolve(work).then(
    () => null,
    (error: { constraint_name?: string; column_name?: string; message: string }) =>
      error.constraint_name ?? error.column_name ?? error.message,
  );
