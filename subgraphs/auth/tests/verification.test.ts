import { uniqueName } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthFixture, startAuth } from './auth-fixture.ts';

let auth: AuthFixture;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

async function registered() {
  const name = uniqueName('v');
  const email = `${name}@example.org`;
  await auth.register(name, email);
  return { name, email, code: await auth.codeFor(email) };
}
const wrong = (code: string) => (code === '000000' ? '000001' : '000000');
const codeOf = async (email: string, code: string) => (await auth.verify(email, code)).errors[0]?.code ?? 'ok';
const resetLimits = async () => auth.redis.del(...(await auth.redis.keys(`${auth.namespace}:limit:verify*`)), 'none');

describe('verification of an address', () => {
  it('takes a code once', async () => {
    const { email, code } = await registered();
    expect(await codeOf(email, code)).toBe('ok');
    expect(await codeOf(email, code)).toBe('INVALID_CODE');
  });

  it('takes a code once also when it comes twenty times at once', async () => {
    const { email, code } = await registered();
    const codes = await Promise.all(Array.from({ length: 20 }, () => codeOf(email, code)));
    expect(codes.filter((answer) => answer === 'ok')).toHaveLength(1);
  });

  it('refuses a code of somebody else', async () => {
    const [first, second] = [await registered(), await registered()];
    if (first.code !== second.code) expect(await codeOf(first.email, second.code)).toBe('INVALID_CODE');
  });

  it('refuses even the right code after five wrong ones', async () => {
    const { email, code } = await registered();
    for (let n = 0; n < 5; n += 1) expect(await codeOf(email, wrong(code))).toBe('INVALID_CODE');
    expect(await codeOf(email, code)).toBe('TOO_MANY_ATTEMPTS');
  });

  it('counts tries in the database: 100 guesses at once with the limit gone are still five', async () => {
    const { name, email, code } = await registered();
    await Promise.all(
      Array.from({ length: 100 }, async () => {
        await resetLimits();
        await auth.verify(email, wrong(code));
      }),
    );
    const rows =
      await auth.sql`select attempts from verification_codes join users using (user_id) where username = ${name}`;
    expect(rows[0]?.attempts).toBe(5);
    await resetLimits();
    expect(await codeOf(email, code)).toBe('INVALID_CODE');
  });

  it('says that a code is too old only to who has it', async () => {
    const { name, email, code } = await registered();
    await auth.sql`update verification_codes set created_at = created_at - interval '1 hour', expires_at = expires_at - interval '1 hour'
      where user_id = (select user_id from users where username = ${name})`;
    expect(await codeOf(email, wrong(code))).toBe('INVALID_CODE');
    expect(await codeOf(email, code)).toBe('EXPIRED');
  });

  it('answers wrong codes for known and unknown addresses the same, try by try', async () => {
    const { email, code } = await registered();
    const ask = async (address: string) => {
      const answers = [];
      for (let n = 0; n < 7; n += 1) answers.push(await auth.verify(address, wrong(code)));
      return answers;
    };
    expect(await ask(email)).toEqual(await ask(`${uniqueName('nobody')}@example.org`));
  });

  it.each([['12345'], ['1234567'], ['abcdef'], ['１２３４５６'], ["' or '1'='1"], ['']])(
    'refuses %j as no code',
    async (text) => {
      const { email } = await registered();
      expect((await auth.verify(email, text)).errors).toMatchObject([
        { code: 'INVALID_FORMAT', path: ['input', 'code'] },
      ]);
    },
  );

  it('shows the address of the verified account to nobody but its owner', async () => {
    const { email, code } = await registered();
    expect((await auth.verify(email, code)).user).toMatchObject({ email: null, isEmailVerified: null });
  });
});
