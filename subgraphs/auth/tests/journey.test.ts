import { uniqueName } from '@postbook/testkit';
import { createLocalJWKSet, createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthFixture, PASSWORD, startAuth } from './auth-fixture.ts';
import { LOG_OUT, ME, REFRESH } from './operations.ts';

describe('a person', () => {
  let auth: AuthFixture;
  beforeAll(async () => {
    auth = await startAuth();
  });
  afterAll(() => auth.stop());

  it('registers, verifies the address by the mailed code, logs in, is known, refreshes and logs out', async () => {
    const name = uniqueName('ada');
    const email = `${name}@example.org`;

    const registered = await auth.register(name, email);
    expect(registered.errors).toEqual([]);
    const minutes = (Date.parse(registered.codeExpiresAt) - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(14);
    expect(minutes).toBeLessThanOrEqual(15);

    const verified = await auth.verify(email, await auth.codeFor(email));
    expect(verified).toMatchObject({ user: { username: name }, errors: [] });

    const { tokens, user, errors } = await auth.logIn(name);
    expect(errors).toEqual([]);
    expect(user.username).toBe(name);

    const viewer = auth.viewerFrom(tokens.accessToken);
    const client = auth.client(viewer);
    expect((await client.data(ME)).me).toMatchObject({
      id: user.id,
      username: name,
      email,
      isEmailVerified: true,
      role: 'USER',
    });

    const { refreshTokens } = await client.data(REFRESH, { input: { refreshToken: tokens.refreshToken } });
    expect(refreshTokens).toMatchObject({ errors: [] });

    expect(await client.data(LOG_OUT)).toEqual({ logOut: { sessionId: viewer.sessionId } });
  });

  it('logs in by username or address, in any case', async () => {
    const { username, email } = await auth.person();
    for (const login of [username, username.toUpperCase(), email, email.toUpperCase(), ` ${email} `]) {
      expect((await auth.logIn(login)).errors).toEqual([]);
    }
  });

  it('gets an access token that the published key set verifies', async () => {
    const { accessToken, id, viewer } = await auth.person();
    const keys = createRemoteJWKSet(new URL(`${auth.url}/.well-known/jwks.json`));
    const { payload, protectedHeader } = await jwtVerify(accessToken, keys, {
      issuer: 'postbook-auth',
      audience: 'postbook',
      algorithms: ['EdDSA'],
      typ: 'at+jwt',
    });
    expect(payload).toMatchObject({ sub: id, sid: viewer.sessionId, role: 'User', scopes: ['user'] });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeCloseTo(600, 3);
    expect(protectedHeader.kid).toBeTruthy();
  });

  it('is nobody without a session', async () => {
    expect((await auth.newCaller().data(ME)).me).toBeNull();
  });

  it('keeps the password only as an argon2id hash, of which equal passwords have different ones', async () => {
    const [first, second] = [await auth.person(), await auth.person()];
    const rows = await auth.sql<{ password_hash: string }[]>`
      select password_hash from users where user_id in (${first.id}, ${second.id})`;
    expect(rows.every(({ password_hash }) => password_hash.startsWith('$argon2id$'))).toBe(true);
    expect(new Set(rows.map(({ password_hash }) => password_hash)).size).toBe(2);
  });

  it('leaves an event of the account for other services, in the transaction that made it', async () => {
    const { id, username, email } = await auth.person();
    const rows = await auth.sql<{ event: { type: string; version: number; payload: object } }[]>`
      select event from outbox where event->>'aggregateId' = ${id} and event->>'type' = 'UserCreated'`;
    expect(rows).toHaveLength(1);
    expect(rows[0]?.event).toMatchObject({
      version: 1,
      payload: { userId: id, username, email, firstName: 'Ada', lastName: 'Lovelace' },
    });
  });

  it('has secrets nowhere in the database in the clear', async () => {
    const { accessToken, refreshToken, email } = await auth.person();
    const code = (await auth.sql<{ code_hash: string }[]>`select code_hash from verification_codes`)[0]?.code_hash;
    expect(code).toMatch(/^[0-9a-f]{64}$/);
    const tables = await auth.sql<{ name: string }[]>`
      select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`;
    for (const { name } of tables) {
      const rows = await auth.sql.unsafe(`select * from "${name}"`);
      const text = JSON.stringify(rows);
      for (const secret of [accessToken, refreshToken, PASSWORD]) expect(text).not.toContain(secret);
    }
    const mails = await auth.sql<
      { sealed: Buffer | null; sent_at: Date | null }[]
    >`select sealed, sent_at from mail_outbox`;
    expect(mails.filter(({ sent_at }) => sent_at).every(({ sealed }) => sealed === null)).toBe(true);
    expect(mails.some(({ sealed }) => sealed?.toString('utf8').includes(email))).toBe(false);
  });
});

describe('the key set', () => {
  it('is shared by processes that start at once, and cacheable', async () => {
    const auth = await startAuth();
    const { createAuthServer } = await import('../src/server.ts');
    const others = [createAuthServer(auth.config), createAuthServer(auth.config), createAuthServer(auth.config)];
    const urls = (await Promise.all(others.map((server) => server.start()))).map(({ url }) => url);
    const sets = await Promise.all(
      [auth.url, ...urls].map(async (url) => {
        const response = await fetch(`${url}/.well-known/jwks.json`);
        expect(response.headers.get('cache-control')).toContain('max-age');
        return (await response.json()) as { keys: Record<string, unknown>[] };
      }),
    );
    expect(new Set(sets.map((set) => JSON.stringify(set))).size).toBe(1);
    expect(sets[0]?.keys).toHaveLength(1);
    expect(sets[0]?.keys[0]).not.toHaveProperty('d');
    const { accessToken } = await auth.person();
    await jwtVerify(accessToken, createLocalJWKSet(sets[1] as never));
    await Promise.all(others.map((server) => server.stop()));
    await auth.stop();
  });

  it('can not be opened with another SECRETS_KEY: the process refuses to start instead of logging everybody out', async () => {
    const auth = await startAuth();
    const { createAuthServer } = await import('../src/server.ts');
    const other = createAuthServer({ ...auth.config, secretsKey: 'another key of thirty-two letters' });
    await expect(other.start()).rejects.toThrow('SECRETS_KEY');
    await auth.stop();
  });
});
