import { fork } from 'node:child_process';
import { join } from 'node:path';
import { uniqueName } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type AuthFixture, PASSWORD, startAuth } from './auth-fixture.ts';
import { LOG_IN, LOG_OUT, REFRESH, REGISTER, VERIFY } from './operations.ts';

/** The process as `npm start` runs it. */
function startProcess(environment: Record<string, string>) {
  const child = fork(join(import.meta.dirname, '../src/main.ts'), {
    silent: true,
    env: { PATH: process.env.PATH, ...environment },
  });
  let output = '';
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const ready = new Promise<Answer>((resolve) => child.once('message', (message) => resolve(message as Answer)));
  return { child, exit, ready, output: () => output };
}

describe('the process', () => {
  let auth: AuthFixture;
  beforeAll(async () => {
    auth = await startAuth();
  });
  afterAll(() => auth.stop());

  it('writes nothing secret or personal into its log, at any level, and stops cleanly', async () => {
    const run = startProcess({ ...auth.variables, LOG_LEVEL: 'trace', LOG_FORMAT: 'json' });
    const { url } = await run.ready;
    const ask = async (query: string, input?: Answer, viewer?: Parameters<AuthFixture['client']>[0]) =>
      auth.client(viewer, '203.0.113.200', url).data<Answer>(query, input ? { input } : {});

    const name = uniqueName('log');
    const email = `${name}@example.org`;
    await ask(REGISTER, { username: name, email, password: PASSWORD, firstName: 'Augusta', lastName: 'Lovelace' });
    const code = await auth.codeFor(email);
    await ask(VERIFY, { email, code });
    await ask(LOG_IN, { login: name, password: 'a wrong password' });
    const { tokens } = (await ask(LOG_IN, { login: email, password: PASSWORD })).logIn;
    const refreshed = (await ask(REFRESH, { refreshToken: tokens.refreshToken })).refreshTokens.tokens;
    await ask(LOG_OUT, undefined, auth.viewerFrom(tokens.accessToken));

    run.child.kill('SIGTERM');
    expect(await run.exit).toBe(0);
    expect(run.output()).toContain('"ready"');
    const secrets = [
      PASSWORD,
      'a wrong password',
      code,
      email,
      'Augusta',
      tokens.accessToken,
      tokens.refreshToken,
      refreshed.refreshToken,
    ];
    for (const secret of [...secrets, auth.variables.SECRETS_KEY, auth.variables.INTERNAL_IDENTITY_SECRET]) {
      expect(run.output()).not.toContain(secret);
    }
  });

  it('leaves at once with a list of all mistakes when its configuration can not work', async () => {
    const run = startProcess({ REDIS_URL: 'redis://127.0.0.1:1', SECRETS_KEY: 'too short' });
    expect(await run.exit).toBe(78);
    for (const variable of ['POSTGRES_URL', 'SECRETS_KEY', 'INTERNAL_IDENTITY_SECRET'])
      expect(run.output()).toContain(variable);
    expect(run.output()).not.toContain('too short');
  });
});
