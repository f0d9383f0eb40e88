import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeHash, openTestDatabase, type TestDatabase } from './database-fixture.ts';
import { insertRow, refusedBy, sampleRows } from './sample-rows.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await openTestDatabase();
});
afterAll(() => test.close());

const atOnce = <T>(count: number, work: () => PromiseLike<T>) => Promise.all(Array.from({ length: count }, work));

describe('a code of an authenticator', () => {
  const withSecret = async () => {
    const { user_id } = await test.verifiedUser();
    await insertRow(test, 'totp_secrets', {
      user_id,
      secret_encrypted: randomBytes(48),
      confirmed_at: new Date(),
    });
    return user_id;
  };
  const accept = async (userId: string, step: number) =>
    (
      await test.sql`
        update totp_secrets set last_used_step = ${step}
        where user_id = ${userId} and confirmed_at is not null and (last_used_step is null or last_used_step < ${step})
        returning 1`
    ).length;

  it('works once, also when it is tried twenty times at once', async () => {
    const userId = await withSecret();
    const accepted = await atOnce(20, () => accept(userId, 58_000_000));
    expect(accepted.filter((count) => count === 1)).toHaveLength(1);
  });

  it('does not work once a later one has', async () => {
    const userId = await withSecret();
    expect([await accept(userId, 101), await accept(userId, 100), await accept(userId, 102)]).toEqual([1, 0, 1]);
  });
});

describe('a recovery code', () => {
  it('works once, also when it is tried twenty times at once', async () => {
    const { user_id } = await test.verifiedUser();
    const { code_hash } = await insertRow(test, 'recovery_codes', sampleRows(user_id).recovery_codes());
    const redeem = () => test.sql`
      update recovery_codes set used_at = now() where user_id = ${user_id} and code_hash = ${code_hash} and not is_used
      returning is_used`;
    const redeemed = (await atOnce(20, redeem)).flat();
    expect(redeemed).toMatchObject([{ is_used: true }]);
  });

  it('of one person is nothing to another one', async () => {
    const [one, other] = [await test.verifiedUser(), await test.verifiedUser()];
    const code_hash = fakeHash();
    await insertRow(test, 'recovery_codes', { user_id: one.user_id, code_hash });
    expect(await refusedBy(insertRow(test, 'recovery_codes', { user_id: other.user_id, code_hash }))).toBeNull();
    await test.sql`update recovery_codes set used_at = now() where user_id = ${one.user_id}`;
    const left = await test.sql`select is_used from recovery_codes where user_id = ${other.user_id}`;
    expect(left).toMatchObject([{ is_used: false }]);
  });
});

describe('a passkey', () => {
  it('is somebody’s alone, wherever it is registered again', async () => {
    const [one, other] = [await test.verifiedUser(), await test.verifiedUser()];
    const row = sampleRows(one.user_id).passkeys();
    await insertRow(test, 'passkeys', row);
    expect(await refusedBy(insertRow(test, 'passkeys', { ...row, user_id: other.user_id }))).toBe(
      'passkeys_credential_key',
    );
  });

  it('counts upwards: of two logins with the same counter one is a copy’s', async () => {
    const { user_id } = await test.verifiedUser();
    const { passkey_id } = await insertRow(test, 'passkeys', sampleRows(user_id).passkeys());
    const login = () => test.sql`
      update passkeys set sign_count = 7, last_used_at = now() where passkey_id = ${passkey_id} and sign_count < 7
      returning 1`;
    expect((await atOnce(10, login)).flat()).toHaveLength(1);
  });
});

describe('clean-up', () => {
  it('forgets a secret that nobody confirmed within a day, and no other', async () => {
    const put = async (columns: object) => {
      const { user_id } = await test.user();
      await insertRow(test, 'totp_secrets', { user_id, secret_encrypted: randomBytes(48), ...columns });
      return user_id;
    };
    const dayAgo = new Date(Date.now() - 25 * 3_600_000);
    const stale = await put({ created_at: dayAgo });
    const [fresh, confirmed] = [await put({}), await put({ created_at: dayAgo, confirmed_at: dayAgo })];
    await test.sql`select cleanup_old_data()`;
    const left =
      await test.sql`select user_id from totp_secrets where user_id in ${test.sql([stale, fresh, confirmed])}`;
    expect(left.map(({ user_id }) => user_id).sort()).toEqual([fresh, confirmed].sort());
  });
});
