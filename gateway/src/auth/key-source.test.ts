import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { silentLogger } from '@postbook/service-kit/edge';
import { eventually } from '@postbook/testkit';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KeysUnavailableError } from '../errors/gateway-errors.ts';
import { createKeySource, type KeySourceOptions } from './key-source.ts';

let keys: JWK[] = [];
let isUp = true;
let fetches = 0;
let url = '';
const server = createServer((_request, response) => {
  fetches += 1;
  response.statusCode = isUp ? 200 : 500;
  response.end(JSON.stringify({ keys }));
});

async function newKey(kid: string): Promise<JWK> {
  const { publicKey } = await generateKeyPair('EdDSA');
  return { ...(await exportJWK(publicKey)), kid, alg: 'EdDSA', use: 'sig' };
}

beforeEach(async () => {
  keys = [await newKey('one')];
  [isUp, fetches] = [true, 0];
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const create = (options: Partial<KeySourceOptions> = {}) => {
  const source = createKeySource({ url, log: silentLogger, ...options });
  return (kid: string) => source({ alg: 'EdDSA', kid }, { payload: '', signature: '' });
};

test('keys are fetched once for many tokens', async () => {
  const find = create();
  await Promise.all([find('one'), find('one'), find('one')]);
  await find('one');
  expect(fetches).toBe(1);
});

test('a new key is found as soon as a token names it, and whoever caches is told', async () => {
  let changes = 0;
  const find = create({ cooldownMs: 0, onChange: () => (changes += 1) });
  await find('one');
  keys = [...keys, await newKey('two')];
  await find('two');
  await find('one');
  expect([fetches, changes]).toEqual([2, 2]);
});

test('unknown key ids fetch no more than once per cool-down', async () => {
  const find = create({ cooldownMs: 60_000 });
  await find('one');
  for (const kid of ['a', 'b', 'c']) await expect(find(kid)).rejects.toThrow('no applicable key');
  expect(fetches).toBe(1);
});

test('known keys stay in force while they cannot be renewed', async () => {
  const find = create({ maxAgeMs: -1, cooldownMs: 0 });
  await find('one');
  isUp = false;
  await find('one');
  await eventually(() => fetches === 2);
  await find('one');
});

test('without any key the failure is told apart from a bad token, and the next try may succeed', async () => {
  const find = create();
  isUp = false;
  await expect(find('one')).rejects.toThrow(KeysUnavailableError);
  isUp = true;
  await find('one');
});
