import { createIdentitySigner } from '@postbook/service-kit';
import { createSubgraphClient, uniqueName } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type AuthFixture, startAuth } from './auth-fixture.ts';
import { ENTITIES, LOG_IN, ME } from './operations.ts';

let auth: AuthFixture;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const post = (body: string, headers: Record<string, string> = {}) =>
  fetch(`${auth.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
const codeOf = async (response: Response) => ((await response.json()) as Answer).errors?.[0]?.extensions?.code;

describe('a call', () => {
  it('is refused without the gateway’s signature, whatever token it carries', async () => {
    const { accessToken } = await auth.person();
    const body = JSON.stringify({ query: ME });
    expect(await codeOf(await post(body))).toBe('UNAUTHENTICATED');
    expect(await codeOf(await post(body, { authorization: `Bearer ${accessToken}` }))).toBe('UNAUTHENTICATED');
    expect(await codeOf(await post(body, { 'x-postbook-identity': 'e30.e30' }))).toBe('UNAUTHENTICATED');
  });

  it('is refused with a signature of another secret, for another subgraph, or over another body', async () => {
    const { viewer } = await auth.person();
    const body = JSON.stringify({ query: ME });
    const call = { audience: 'auth', operationType: 'query', body, viewer } as const;
    const foreign = createIdentitySigner({ secret: 'another secret of thirty-two chars' });
    const old = createIdentitySigner({ secret: auth.config.internalIdentitySecret, now: () => Date.now() - 31_000 });
    for (const signature of [
      foreign.sign(call),
      old.sign(call),
      auth.signer.sign({ ...call, audience: 'posts' }),
      auth.signer.sign({ ...call, body: `${body} ` }),
    ]) {
      expect(await codeOf(await post(body, { 'x-postbook-identity': signature }))).toBe('UNAUTHENTICATED');
    }
    expect((await post(body, { 'x-postbook-identity': auth.signer.sign(call) })).status).toBe(200);
  });

  it('is refused when a recorded mutation is played again', async () => {
    const body = JSON.stringify({ query: LOG_IN, variables: { input: { login: 'nobody', password: 'nothing' } } });
    const identity = auth.signer.sign({ audience: 'auth', operationType: 'mutation', body });
    expect(await codeOf(await post(body, { 'x-postbook-identity': identity }))).toBeUndefined();
    expect(await codeOf(await post(body, { 'x-postbook-identity': identity }))).toBe('UNAUTHENTICATED');
  });

  it('is refused when a mutation travels under the signature of a query', async () => {
    const body = JSON.stringify({ query: LOG_IN, variables: { input: { login: 'nobody', password: 'nothing' } } });
    const identity = auth.signer.sign({ audience: 'auth', operationType: 'query', body });
    expect(await codeOf(await post(body, { 'x-postbook-identity': identity }))).toBe('UNAUTHENTICATED');
  });
});

describe('the user as an entity', () => {
  const entities = async (ids: readonly string[], client = auth.newCaller()) =>
    (await client.data<Answer>(ENTITIES, { representations: ids.map((id) => ({ __typename: 'User', id })) }))._entities;

  it('is resolved in the order asked, repeats included, null for who does not exist or whose id is none', async () => {
    const [a, b] = [await auth.person(), await auth.person()];
    const found = await entities([b.id, '00000000-0000-4000-8000-000000000000', a.id, "' or 1=1", b.id]);
    expect(found.map((user: Answer | null) => user?.username ?? null)).toEqual([
      b.username,
      null,
      a.username,
      null,
      b.username,
    ]);
  });

  it('shows its address to nobody but the owner', async () => {
    const [a, b] = [await auth.person(), await auth.person()];
    const found = await entities([a.id, b.id], a.client);
    expect(found).toMatchObject([{ email: a.email }, { email: null }]);
  });

  it('carries the names of the registration for the services that make the profile', async () => {
    const { id } = await auth.person();
    expect(await entities([id])).toMatchObject([{ registrationNames: { firstName: 'Ada', lastName: 'Lovelace' } }]);
  });

  it('is gone once the account is deleted', async () => {
    const { id, client } = await auth.person();
    await auth.sql`call soft_delete_user(null, null, ${id})`;
    expect(await entities([id])).toEqual([null]);
    expect((await client.data(ME)).me).toBeNull();
  });

  it('has every role spelled as the graph spells it', async () => {
    const { id } = await auth.person(uniqueName('role'));
    for (const [stored, shown] of [
      ['Moderator', 'MODERATOR'],
      ['Admin', 'ADMIN'],
      ['User', 'USER'],
    ] as const) {
      await auth.sql`update users set role = ${stored} where user_id = ${id}`;
      expect(await entities([id])).toMatchObject([{ role: shown }]);
    }
  });
});

it('a client of another subgraph gets nowhere', async () => {
  const client = createSubgraphClient({ url: `${auth.url}/graphql`, audience: 'profiles', signer: auth.signer });
  expect((await client.execute(ME)).errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
});
