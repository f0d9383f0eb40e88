import { uniqueName } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type AuthFixture, startAuth } from './auth-fixture.ts';
import { RESEND } from './operations.ts';

const ROUNDS = 9;

/** Medians of two kinds of calls made in turn, in milliseconds: what else the machine does slows both alike. */
async function medians(known: () => Promise<unknown>, unknown: () => Promise<unknown>) {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [kind, call] of [known, unknown].entries()) {
      const started = performance.now();
      await call();
      times[kind]?.push(performance.now() - started);
    }
  }
  const [a, b] = times.map((list) => list.sort((x, y) => x - y)[Math.floor(ROUNDS / 2)] ?? 0);
  return { known: a ?? 0, unknown: b ?? 0 };
}

/** Far less apart than by a hash, which is most of what these calls do here. */
const expectAlike = ({ known, unknown }: { known: number; unknown: number }) =>
  expect(Math.abs(known - unknown) / Math.max(known, unknown)).toBeLessThan(0.35);

describe('the time of an answer does not tell who has an account', () => {
  let auth: AuthFixture;
  beforeAll(async () => {
    // A hash as expensive as in production, so that a missing one would show.
    auth = await startAuth({ ARGON2_MEMORY_KIB: '32768', ARGON2_PASSES: '2' });
  });
  afterAll(() => auth.stop());
  const forgetLimits = async () => auth.redis.del(...(await auth.redis.keys(`${auth.namespace}:limit:*`)), 'none');

  it('at login', async () => {
    const { username, id } = await auth.person();
    expectAlike(
      await medians(
        async () => {
          await auth.sql`update users set failed_login_attempts = 0, account_locked_until = null where user_id = ${id}`;
          await auth.logIn(username, 'not the password');
        },
        () => auth.logIn(uniqueName('nobody'), 'not the password'),
      ),
    );
  });

  it('at login to a locked account', async () => {
    const { username, id } = await auth.person();
    await auth.sql`update users set account_locked_until = now() + interval '1 hour' where user_id = ${id}`;
    expectAlike(
      await medians(
        () => auth.logIn(username),
        () => auth.logIn(uniqueName('nobody')),
      ),
    );
  });

  it('at registration', async () => {
    const { email } = await auth.person();
    const register = async (address: string) => {
      await forgetLimits();
      await auth.register(uniqueName('t'), address);
    };
    expectAlike(
      await medians(
        () => register(email),
        () => register(`${uniqueName('t')}@example.org`),
      ),
    );
  });

  it('at asking for a new code', async () => {
    const name = uniqueName('resend');
    await auth.register(name, `${name}@example.org`);
    const resend = async (email: string) => {
      await forgetLimits();
      await auth.newCaller().data<Answer>(RESEND, { input: { email } });
    };
    expectAlike(
      await medians(
        () => resend(`${name}@example.org`),
        () => resend(`${uniqueName('t')}@example.org`),
      ),
    );
  });
});
