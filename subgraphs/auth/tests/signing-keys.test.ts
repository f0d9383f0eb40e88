import { migrateAuthDatabase, openAuthDatabase } from '@postbook/db/auth';
import { silentLogger } from '@postbook/service-kit';
import { dropPostgresDatabase, testStores, uniqueName } from '@postbook/testkit';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { deriveSecrets } from '../src/secrets/secrets.ts';
import { createAccessTokens } from '../src/token/access-token.ts';
import { createSigningKeyRepository } from '../src/token/signing-key-repository.ts';
import { createSigningKeys } from '../src/token/signing-keys.ts';

const database = uniqueName('keys');
const { postgresUrl } = testStores();
const box = deriveSecrets('k'.repeat(32)).signingKeys;
const DAY = 24 * 60 * 60_000;
let store: ReturnType<typeof openAuthDatabase>;
beforeAll(async () => {
  await migrateAuthDatabase({ url: postgresUrl, database });
  store = openAuthDatabase({ url: postgresUrl, database });
});
afterAll(async () => {
  await store.close();
  await dropPostgresDatabase(database);
});

/** A process whose clock a test sets. */
async function processAt(clock: { now: number }) {
  const keys = createSigningKeys({
    repository: createSigningKeyRepository(store.db),
    box,
    log: silentLogger,
    now: () => clock.now,
  });
  await keys.start();
  await keys.stop();
  const tokens = createAccessTokens({ keys, issuer: 'i', audience: 'a', now: () => clock.now });
  return { keys, issue: () => tokens.issue({ userId: 'u', sessionId: 's', role: 'User' }) };
}

it('a key is followed by another that is published an hour before it signs; tokens of both are good meanwhile', async () => {
  const clock = { now: Date.now() };
  const first = await processAt(clock);
  const kid = first.keys.current().kid;
  expect((await processAt(clock)).keys.current().kid).toBe(kid);

  clock.now += 30 * DAY - 30 * 60_000;
  const second = await processAt(clock);
  expect(second.keys.jwks().keys).toHaveLength(2);
  expect(second.keys.current().kid).toBe(kid);
  const old = await second.issue();

  clock.now += 61 * 60_000;
  expect(second.keys.current().kid).not.toBe(kid);
  const fresh = await second.issue();
  const set = createLocalJWKSet(second.keys.jwks() as never);
  for (const { token } of [old, fresh]) await jwtVerify(token, set, { currentDate: new Date(clock.now - 61 * 60_000) });
});

it('a private key never rests in the clear', async () => {
  const rows = await createSigningKeyRepository(store.db).published();
  for (const row of rows) {
    expect(row.publicJwk).not.toHaveProperty('d');
    expect(row.privateKeyEncrypted.toString('latin1')).not.toContain('"d"');
    expect(() => box.open(row.privateKeyEncrypted, 'another kid')).toThrow();
  }
});
