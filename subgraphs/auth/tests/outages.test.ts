import { createServer } from 'node:net';
import { eventually, uniqueName } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type AuthFixture, startAuth } from './auth-fixture.ts';
import { LOG_OUT, ME, REFRESH } from './operations.ts';

/** A port on which nobody listens. */
const deadPort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

describe('while Redis is away', () => {
  let auth: AuthFixture;
  beforeAll(async () => {
    auth = await startAuth({ REDIS_URL: `redis://127.0.0.1:${await deadPort()}` });
  });
  afterAll(() => auth.stop());

  it('people register, verify, log in, refresh and log out all the same', async () => {
    const { client, refreshToken, id } = await auth.person();
    expect((await client.data<Answer>(ME)).me).toMatchObject({ id });
    const { refreshTokens } = await client.data<Answer>(REFRESH, { input: { refreshToken } });
    expect(refreshTokens).toMatchObject({ errors: [] });
    await client.data(LOG_OUT);
    const again = await client.data<Answer>(REFRESH, {
      input: { refreshToken: (refreshTokens as Answer).tokens.refreshToken },
    });
    expect(again.refreshTokens).toMatchObject({ tokens: null });
  });

  it('events wait in the outbox', async () => {
    const { id } = await auth.person();
    const rows = await auth.sql`select published_at from outbox where event->>'aggregateId' = ${id}`;
    expect(rows).toMatchObject([{ published_at: null }]);
  });

  it('limits are kept by each process', async () => {
    const name = uniqueName('limit');
    const codes = [];
    for (let n = 0; n < 6; n += 1) codes.push((await auth.verify(`${name}@example.org`, '000000')).errors[0]?.code);
    expect(codes.at(-1)).toBe('TOO_MANY_ATTEMPTS');
  });
});

describe('while the mail server is away', () => {
  it('registration works, and the mail waits', async () => {
    const auth = await startAuth({ SMTP_URL: `smtp://127.0.0.1:${await deadPort()}` });
    const name = uniqueName('nomail');
    expect((await auth.register(name, `${name}@example.org`)).errors).toEqual([]);
    const row = await eventually(
      async () => (await auth.sql`select * from mail_outbox where last_error is not null`)[0],
    );
    expect(row.sealed).not.toBeNull();
    expect(row.available_at.getTime()).toBeGreaterThan(Date.now());
    expect(row.last_error).not.toContain(name);
    await auth.stop();
  });
});
