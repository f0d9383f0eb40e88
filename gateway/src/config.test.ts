import { ConfigError } from '@postbook/service-kit/edge';
import { expect, test } from 'vitest';
import { loadConfig } from './config.ts';

const GUARDED = {
  JWKS_URL: 'http://auth/keys',
  REDIS_URL: 'redis://redis',
  INTERNAL_IDENTITY_SECRET: 'x'.repeat(32),
};

test('alone, the gateway needs nothing but to be told so', () => {
  const config = loadConfig({ GATEWAY_AUTH: 'off' });
  expect(config).toMatchObject({ host: '127.0.0.1', port: 4000, auth: undefined, introspection: true });
  expect(config.supergraphPath).toBe('schema/supergraph.graphql');
});

test('with authentication, all that it needs is asked for at once', () => {
  expect(() => loadConfig({ PORT: 'x' })).toThrow(ConfigError);
  try {
    loadConfig({ PORT: 'x' });
  } catch (error) {
    expect((error as ConfigError).mistakes.map((line) => line.split(':')[0])).toEqual([
      'PORT',
      'JWKS_URL',
      'INTERNAL_IDENTITY_SECRET',
      'REDIS_URL',
    ]);
  }
});

test('with authentication, it is on by default', () => {
  expect(loadConfig(GUARDED).auth).toEqual({
    jwksUrl: 'http://auth/keys',
    issuer: 'postbook-auth',
    audience: 'postbook',
    identitySecret: 'x'.repeat(32),
    redisUrl: 'redis://redis',
    redisNamespace: 'pb',
  });
});

test.each([
  ['pairs', 'chats=http://a:1/graphql, posts=http://b:2/graphql?x=1'],
  ['JSON', '{"chats":"http://a:1/graphql","posts":"http://b:2/graphql?x=1"}'],
])('addresses of subgraphs are read from %s', (_, SUBGRAPH_URLS) => {
  expect(loadConfig({ GATEWAY_AUTH: 'off', SUBGRAPH_URLS }).subgraphUrls).toEqual({
    chats: 'http://a:1/graphql',
    posts: 'http://b:2/graphql?x=1',
  });
});

test.each([
  ['SUBGRAPH_URLS', 'chats'],
  ['SUBGRAPH_URLS', 'chats=ftp://a'],
  ['SUBGRAPH_URLS', '{"chats":1}'],
  ['SUBGRAPH_URLS', '{'],
  ['CORS_ORIGINS', 'https://a.example/path'],
  ['CORS_ORIGINS', '*'],
  ['GATEWAY_AUTH', 'maybe'],
  ['MAX_QUERY_DEPTH', '0'],
  ['SUBGRAPH_TIMEOUTS_MS', 'chats'],
  ['SUBGRAPH_TIMEOUTS_MS', 'chats=0'],
  ['ENTITY_CACHE', 'on'],
])('%s=%s is refused by name', (name, value) => {
  expect(() => loadConfig({ GATEWAY_AUTH: 'off', [name]: value })).toThrow(name);
});

test('GATEWAY_LIMITS=off takes away what an operation or a client may ask for, not what keeps the process alive', () => {
  const config = loadConfig({ GATEWAY_AUTH: 'off', GATEWAY_LIMITS: 'off', MAX_BODY_BYTES: '5' });
  const all = [config.maxBodyBytes, ...Object.values(config.limits), ...Object.values(config.connections)];
  expect(new Set(all)).toEqual(new Set([Number.POSITIVE_INFINITY]));
  expect(config.sockets.bufferedBytes).toBe(4 * 1024 * 1024);
});

test.each([
  [{}, true],
  [{ INTROSPECTION: 'off' }, false],
  [{ INTROSPECTION: 'off', CORS_STUDIO: 'on' }, true],
  [{ CORS_STUDIO: 'off' }, false],
])("with %j, Studio's pages may call: %s", (env, expected) => {
  expect(loadConfig({ GATEWAY_AUTH: 'off', ...env }).corsStudio).toBe(expected);
});

test('what the gate does is on by default, and generous', () => {
  expect(loadConfig({ GATEWAY_AUTH: 'off' }).policy).toEqual({
    access: { mode: 'filter', hasErrors: true },
    demand: { mode: 'enforce', maximum: 10_000, listSize: 10, pageSize: 20, reported: 'asked' },
    persistedQueries: { isOn: true, ttlSeconds: 604_800, maximum: 5_000 },
    trust: { mode: 'off', path: undefined },
    rate: { windowSeconds: 60, user: 120_000, session: 60_000, address: 600_000 },
    errors: { extensions: [], hiddenMessages: [] },
  });
});

test('lists are separated by commas', () => {
  const { policy } = loadConfig({ GATEWAY_AUTH: 'off', ERROR_EXTENSIONS: 'hint, help,', ERROR_MESSAGES_HIDDEN: '*' });
  expect(policy.errors).toEqual({ extensions: ['hint', 'help'], hiddenMessages: ['*'] });
});

test('documents can only be trusted when it is said which', () => {
  expect(() => loadConfig({ GATEWAY_AUTH: 'off', TRUSTED_DOCUMENTS: 'log' })).toThrow('TRUSTED_DOCUMENTS_PATH');
});
