import { uniqueName } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthFixture, PASSWORD, startAuth } from './auth-fixture.ts';
import { LOG_IN } from './operations.ts';

let auth: AuthFixture;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const historyOf = (identifier: string) =>
  auth.sql`select login_status, failure_reason, host(ip_address) as ip, device_type, user_id from user_login_history
    where login_identifier = ${identifier} order by login_id`;
const codeOf = async (login: string, password?: string) => (await auth.logIn(login, password)).errors[0]?.code ?? 'ok';

describe('a login', () => {
  it('is refused in the same words for an unknown name, a wrong password, and a locked or suspended account', async () => {
    const [wrong, locked, suspended] = [await auth.person(), await auth.person(), await auth.person()];
    await auth.sql`update users set account_locked_until = now() + interval '1 minute' where user_id = ${locked.id}`;
    await auth.sql`update users set account_status = 'Suspended' where user_id = ${suspended.id}`;
    const answers = [
      await auth.logIn(uniqueName('nobody')),
      await auth.logIn(wrong.username, 'not the password'),
      await auth.logIn(locked.username),
      await auth.logIn(suspended.username),
    ];
    expect(answers[0]).toMatchObject({ tokens: null, user: null, errors: [{ code: 'INVALID_CREDENTIALS', path: [] }] });
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  it('says that the address is unverified only to who has the right password', async () => {
    const name = uniqueName('unverified');
    await auth.register(name, `${name}@example.org`);
    expect(await codeOf(name, 'not the password')).toBe('INVALID_CREDENTIALS');
    expect(await codeOf(name)).toBe('EMAIL_NOT_VERIFIED');
  });

  it('leaves a line in the history for every attempt', async () => {
    const { username, id } = await auth.person();
    const nobody = uniqueName('nobody');
    await auth.logIn(username, 'not the password');
    await auth.logIn(nobody);
    expect(await historyOf(username)).toMatchObject([
      { login_status: 'Success', failure_reason: null, user_id: id, device_type: 'Web' },
      { login_status: 'Failed', failure_reason: 'WrongPassword', user_id: id },
    ]);
    expect(await historyOf(nobody)).toMatchObject([
      { login_status: 'Failed', failure_reason: 'UnknownAccount', user_id: null },
    ]);
  });

  it('locks the account for 15 minutes after five wrong passwords in a row', async () => {
    const { username, id } = await auth.person();
    for (let n = 0; n < 5; n += 1) expect(await codeOf(username, 'not the password')).toBe('INVALID_CREDENTIALS');
    expect(await codeOf(username)).toBe('INVALID_CREDENTIALS');
    expect((await historyOf(username)).at(-1)).toMatchObject({ login_status: 'Locked' });
    const rows = await auth.sql`
      select extract(epoch from account_locked_until - now()) / 60 as minutes from users where user_id = ${id}`;
    expect(Number(rows[0]?.minutes)).toBeGreaterThan(14);
    expect(Number(rows[0]?.minutes)).toBeLessThanOrEqual(15);

    await auth.sql`update users set account_locked_until = now() - interval '1 second' where user_id = ${id}`;
    expect(await codeOf(username)).toBe('ok');
  });

  it('begins the count anew after a login, and after a lock has ended', async () => {
    const { username, id } = await auth.person();
    const attempts = async () =>
      (await auth.sql`select failed_login_attempts as n from users where user_id = ${id}`)[0]?.n;
    for (let n = 0; n < 4; n += 1) await auth.logIn(username, 'not the password');
    expect(await attempts()).toBe(4);
    expect(await codeOf(username)).toBe('ok');
    expect(await attempts()).toBe(0);
    await auth.sql`update users set failed_login_attempts = 5, account_locked_until = now() - interval '1 second' where user_id = ${id}`;
    await auth.logIn(username, 'not the password');
    expect(await attempts()).toBe(1);
  });

  it('lets no more than five passwords be tried at once', async () => {
    const { username } = await auth.person();
    await Promise.all(Array.from({ length: 30 }, () => auth.logIn(username, 'not the password')));
    const rows = await historyOf(username);
    expect(rows).toHaveLength(31);
    const row = await auth.sql`select failed_login_attempts as n from users where username = ${username}`;
    expect(row[0]?.n).toBe(5);
    expect(await codeOf(username)).toBe('INVALID_CREDENTIALS');
  });

  it('is limited for one network', async () => {
    const client = auth.client(undefined, '203.0.113.77');
    const input = { login: 'nobody', password: 'not the password' };
    const answers = await Promise.all(Array.from({ length: 40 }, () => client.execute(LOG_IN, { input })));
    expect(answers.filter(({ errors }) => errors?.[0]?.extensions?.code === 'RATE_LIMITED')).toHaveLength(10);
  });

  it.each([["' or 1=1 --"], ['a\u0000b'], ['x'.repeat(100_000)], ['%'], ['_'], [''], ['{"$ne":null}']])(
    'is refused for the name %.40j like for any other',
    async (login) => {
      expect(await codeOf(login)).toBe('INVALID_CREDENTIALS');
    },
  );

  it('makes a new hash when the cost was raised since the last one', async () => {
    const { username, id } = await auth.person();
    const hashOf = async () =>
      (await auth.sql`select password_hash from users where user_id = ${id}`)[0]?.password_hash;
    const { hash } = await import('argon2');
    const outdated = await hash(PASSWORD, { memoryCost: 2048, timeCost: 1, parallelism: 1 });
    await auth.sql`update users set password_hash = ${outdated} where user_id = ${id}`;
    expect(await codeOf(username)).toBe('ok');
    expect(await hashOf()).toContain('m=1024');
    expect(await codeOf(username)).toBe('ok');
  });
});
