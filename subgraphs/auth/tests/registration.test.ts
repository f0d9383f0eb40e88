import { uniqueName } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type AuthFixture, PASSWORD, startAuth } from './auth-fixture.ts';
import { AVAILABILITY, REGISTER, RESEND } from './operations.ts';

let auth: AuthFixture;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const codesOf = (answer: Answer) => answer.errors.map((error: Answer) => [error.path.join('.'), error.code]);
const isAvailable = async (username: string) =>
  ((await auth.newCaller().data<Answer>(AVAILABILITY, { username })).usernameAvailability as Answer).isAvailable;
const countOf = async (table: string) => Number((await auth.sql.unsafe(`select count(*) from ${table}`))[0]?.count);

describe('registration', () => {
  it('reports every mistake at once, each with the path of its field', async () => {
    const answer = await auth.register('a!', 'not an address', {
      password: 'short',
      firstName: ' ',
      lastName: 'x'.repeat(101),
    });
    expect(answer.codeExpiresAt).toBeNull();
    expect(codesOf(answer)).toEqual([
      ['input.username', 'TOO_SHORT'],
      ['input.email', 'INVALID_FORMAT'],
      ['input.password', 'TOO_SHORT'],
      ['input.firstName', 'REQUIRED'],
      ['input.lastName', 'TOO_LONG'],
    ]);
  });

  it.each([
    ['a common password', { password: 'Qwertyuiop1' }, 'input.password', 'TOO_WEAK'],
    ['a password made of the own name', { password: 'lovelace-123' }, 'input.password', 'TOO_WEAK'],
    ['a username with a dash', { username: 'ada-lovelace' }, 'input.username', 'INVALID_FORMAT'],
    ['a username with a line break at its end', { username: 'ada_lovelace\n' }, 'input.username', 'INVALID_FORMAT'],
    ['a username of 51 characters', { username: 'a'.repeat(51) }, 'input.username', 'TOO_LONG'],
    ['a username that would pass for ours', { username: 'Admin' }, 'input.username', 'TAKEN'],
    ['a header in the address', { email: 'ada@example.org\r\nBcc: all@example.org' }, 'input.email', 'INVALID_FORMAT'],
    ['a header in the name', { firstName: 'Ada\r\nBcc: all@example.org' }, 'input.firstName', 'INVALID_FORMAT'],
    ['text that turns around in the name', { lastName: 'evol\u202Ecale' }, 'input.lastName', 'INVALID_FORMAT'],
    ['a NUL in the name', { firstName: 'A\u0000da' }, 'input.firstName', 'INVALID_FORMAT'],
  ])('refuses %s', async (_what, wrong, path, code) => {
    const name = uniqueName('r');
    expect(codesOf(await auth.register(name, `${name}@example.org`, wrong))).toContainEqual([path, code]);
  });

  it.each([["Robert'); DROP TABLE users;--"], ['{{7*7}}'], ['<script>alert(1)</script>'], ['名前 \u200Dक्ष']])(
    'takes %s as a name like any other',
    async (firstName) => {
      const name = uniqueName('inj');
      expect((await auth.register(name, `${name}@example.org`, { firstName })).errors).toEqual([]);
      const rows = await auth.sql`select first_name from users where username = ${name}`;
      expect(rows[0]?.first_name).toBe(firstName.normalize('NFC'));
    },
  );

  it('takes an internationalised address and shows it as it was typed', async () => {
    const name = uniqueName('idn');
    expect((await auth.register(name, `${name}@Bücher.example`)).errors).toEqual([]);
    const rows = await auth.sql`select email from users where username = ${name}`;
    expect(rows[0]?.email).toBe(`${name}@xn--bcher-kva.example`);
  });

  it('gives a username to one person only, whatever the case', async () => {
    const name = uniqueName('taken');
    await auth.register(name, `${name}@example.org`);
    const second = await auth.register(name.toUpperCase(), `other-${name}@example.org`);
    expect(codesOf(second)).toEqual([['input.username', 'TAKEN']]);
  });

  it('gives a username to one of ten who ask at once', async () => {
    const name = uniqueName('race');
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => auth.register(name, `${name}-${n}@example.org`)),
    );
    expect(answers.filter(({ errors }) => errors.length === 0)).toHaveLength(1);
    expect(await auth.sql`select 1 from users where lower(username) = ${name}`).toHaveLength(1);
  });

  it('answers the same for an address that is known, and tells its owner by mail', async () => {
    const owner = await auth.person(uniqueName('owner'));
    const before = await countOf('users');
    const name = uniqueName('again');
    const known = await auth.register(name, owner.email.toUpperCase());
    const unknown = await auth.register(uniqueName('fresh'), `${uniqueName('fresh')}@example.org`);
    expect(known).toEqual({ ...unknown, codeExpiresAt: expect.any(String) });
    expect(await countOf('users')).toBe(before + 1);

    const mail = await auth.mailServer.waitForMail(owner.email, ({ raw }) => raw.includes('somebody tried'));
    expect(mail.raw).toContain(owner.username);
    expect(mail.raw).not.toMatch(/\n {4}\d{6}/);
  });

  it('reserves the username either way, so that availability does not tell whether the address is known', async () => {
    const owner = await auth.person();
    const [withKnown, withUnknown] = [uniqueName('known'), uniqueName('unknown')];
    await auth.register(withKnown, owner.email);
    await auth.register(withUnknown, `${withUnknown}@example.org`);
    expect([await isAvailable(withKnown), await isAvailable(withUnknown)]).toEqual([false, false]);
    const again = [
      await auth.register(withKnown, 'x1@example.org'),
      await auth.register(withUnknown, 'x2@example.org'),
    ];
    expect(again.map(codesOf)).toEqual([[['input.username', 'TAKEN']], [['input.username', 'TAKEN']]]);
  });

  it('takes nothing a client may not set', async () => {
    for (const extra of [
      { role: 'ADMIN' },
      { isEmailVerified: true },
      { id: '00000000-0000-4000-8000-000000000000' },
    ]) {
      const input = {
        username: 'm_a',
        email: 'm@example.org',
        password: PASSWORD,
        firstName: 'A',
        lastName: 'B',
        ...extra,
      };
      const { errors } = await auth.newCaller().execute(REGISTER, { input });
      expect(errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
    }
  });

  it('is limited for one address, known or not, so that nobody is flooded with mails', async () => {
    const owner = await auth.person();
    await auth.redis.del(...(await auth.redis.keys(`${auth.namespace}:limit:registerByEmail*`)));
    for (const email of [owner.email, `${uniqueName('flood')}@example.org`]) {
      const outcomes: unknown[] = [];
      for (let n = 0; n < 7; n += 1) {
        const input = { username: uniqueName('f'), email, password: PASSWORD, firstName: 'A', lastName: 'B' };
        const { errors } = await auth.newCaller().execute(REGISTER, { input });
        outcomes.push(errors?.[0]?.extensions?.code ?? 'ok');
      }
      expect(outcomes).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'RATE_LIMITED', 'RATE_LIMITED']);
    }
  });

  it('is limited for one network, and says when to come back', async () => {
    const client = auth.client(undefined, '2001:db8:7::1');
    const neighbour = auth.client(undefined, '2001:db8:7:0:ffff::2');
    let limited: Answer | undefined;
    for (let n = 0; n < 25 && !limited; n += 1) {
      const input = { username: '!', email: '', password: '', firstName: '', lastName: '' };
      limited = (await (n % 2 ? client : neighbour).execute(REGISTER, { input })).errors?.[0];
    }
    expect(limited?.extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) });
  });
});

describe('username availability', () => {
  it.each([['ab'], ['a'.repeat(51)], ['not valid'], ['admin'], ["x' or 1=1"]])('is false for %s', async (username) => {
    expect(await isAvailable(username)).toBe(false);
  });

  it('is true for a name that is nobody’s', async () => {
    expect(await isAvailable(uniqueName('free'))).toBe(true);
  });

  it('is limited', async () => {
    const client = auth.client(undefined, '203.0.113.9');
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => client.execute(AVAILABILITY, { username: 'somebody' })),
    );
    const limited = answers.filter(({ errors }) => errors?.[0]?.extensions?.code === 'RATE_LIMITED');
    expect(limited).toHaveLength(10);
  });
});

describe('a new code', () => {
  const resend = async (email: string) =>
    (await auth.newCaller().data<Answer>(RESEND, { input: { email } })).resendVerificationCode as Answer;

  it('voids the older one', async () => {
    const name = uniqueName('resend');
    const email = `${name}@example.org`;
    await auth.register(name, email);
    const older = await auth.codeFor(email);
    expect((await resend(email)).errors).toEqual([]);
    const newer = await auth.codeFor(email);
    if (older !== newer) {
      expect((await auth.verify(email, older)).errors).toMatchObject([{ code: 'INVALID_CODE' }]);
    }
    expect((await auth.verify(email, newer)).errors).toEqual([]);
  });

  it('is answered the same for unknown, unverified and verified addresses; only the unverified get a mail', async () => {
    const verified = await auth.person();
    const name = uniqueName('unverified');
    await auth.register(name, `${name}@example.org`);
    const before = await countOf('mail_outbox');
    const answers = [
      await resend(verified.email),
      await resend(`${name}@example.org`),
      await resend(`${uniqueName('nobody')}@example.org`),
    ];
    for (const answer of answers) expect(answer).toEqual({ codeExpiresAt: expect.any(String), errors: [] });
    expect(await countOf('mail_outbox')).toBe(before + 1);
  });

  it('is limited per address, known or not', async () => {
    for (const known of [true, false]) {
      const name = uniqueName('limit');
      if (known) await auth.register(name, `${name}@example.org`);
      const outcomes: unknown[] = [];
      for (let n = 0; n < 6; n += 1) {
        const { errors } = await auth.newCaller().execute(RESEND, { input: { email: `${name}@example.org` } });
        outcomes.push(errors?.[0]?.extensions?.code ?? 'ok');
      }
      expect(outcomes).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'RATE_LIMITED']);
    }
  });
});
