import { ConfigError } from '@postbook/service-kit';
import { expect, it } from 'vitest';
import { loadConfig } from './config.ts';

const SECRET = 'x'.repeat(32);
const enough = {
  POSTGRES_URL: 'postgres://localhost/postgres',
  REDIS_URL: 'redis://localhost',
  INTERNAL_IDENTITY_SECRET: SECRET,
  SECRETS_KEY: SECRET,
};

it('has safe defaults for everything that is neither a store nor a secret', () => {
  expect(loadConfig(enough)).toMatchObject({
    host: '127.0.0.1',
    postgres: { database: 'auth_service_db', poolSize: 10 },
    tokens: { issuer: 'postbook-auth', audience: 'postbook' },
    passwordCost: { memoryKib: 19_456, passes: 2, parallelism: 1 },
    mail: { smtpUrl: undefined, mailboxDir: '.data/mailbox' },
  });
});

it('reports every mistake at once, and none of the values', () => {
  const wrong = {
    POSTGRES_URL: 'mysql://root:hunter2@db',
    SECRETS_KEY: 'short',
    AUTH_DATABASE: 'Auth; drop',
    MAIL_FROM: 'a\r\nBcc: b',
  };
  const load = () => loadConfig(wrong);
  expect(load).toThrow(ConfigError);
  for (const variable of [...Object.keys(wrong), 'REDIS_URL', 'INTERNAL_IDENTITY_SECRET'])
    expect(load).toThrow(variable);
  expect(load).not.toThrow(/hunter2|drop|Bcc/);
});
