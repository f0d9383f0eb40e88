import { randomUUID } from 'node:crypto';
import { createIdentitySigner } from '@postbook/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as operations from './operations.ts';
import { type Answer, type ProfilesFixture, startProfiles } from './profiles-fixture.ts';

let profiles: ProfilesFixture;
beforeAll(async () => {
  profiles = await startProfiles();
});
afterAll(() => profiles.stop());

const post = (body: string, headers: Record<string, string> = {}) =>
  fetch(`${profiles.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
const codeOf = async (response: Response) => ((await response.json()) as Answer).errors?.[0]?.extensions?.code;

describe('a call', () => {
  const body = JSON.stringify({ query: '{ userByUsername(username: "ada") { id } }' });

  it('is refused without the signature, and with one of another secret, subgraph, kind or body', async () => {
    const call = { audience: 'profiles', operationType: 'query', body } as const;
    const foreign = createIdentitySigner({ secret: 'another secret of thirty-two chars' });
    expect(await codeOf(await post(body))).toBe('UNAUTHENTICATED');
    for (const signature of [
      foreign.sign(call),
      profiles.signer.sign({ ...call, audience: 'auth' }),
      profiles.signer.sign({ ...call, operationType: 'mutation' }),
      profiles.signer.sign({ ...call, body: `${body} ` }),
    ]) {
      expect(await codeOf(await post(body, { 'x-postbook-identity': signature }))).toBe('UNAUTHENTICATED');
    }
    expect(await codeOf(await post(body, { 'x-postbook-identity': profiles.signer.sign(call) }))).toBeUndefined();
  });

  it('that was recorded is refused when a mutation is played again', async () => {
    const ada = await profiles.person();
    const viewer = { userId: ada.id, sessionId: randomUUID(), role: 'User', scopes: [] } as const;
    const mutation = JSON.stringify({ query: operations.UPDATE, variables: { input: { bio: 'once' } } });
    const headers = {
      'x-postbook-identity': profiles.signer.sign({
        audience: 'profiles',
        operationType: 'mutation',
        body: mutation,
        viewer,
      }),
    };
    expect(await codeOf(await post(mutation, headers))).toBeUndefined();
    expect(await codeOf(await post(mutation, headers))).toBe('UNAUTHENTICATED');
  });
});

describe('the anonymous', () => {
  const input = { userId: randomUUID() };
  const requestId = '0123456789abcdef01234567';

  it.each<[string, string, Answer]>([
    ['updateProfile', operations.UPDATE, { input: { bio: 'x' } }],
    ['updatePrivacySettings', operations.UPDATE_PRIVACY, { input: {} }],
    ['follow', operations.FOLLOW, { input }],
    ['unfollow', operations.UNFOLLOW, { input }],
    ['removeFriend', operations.REMOVE_FRIEND, { input }],
    ['block', operations.BLOCK, { input }],
    ['unblock', operations.UNBLOCK, { input }],
    ['sendFriendRequest', operations.SEND, { input }],
    ['acceptFriendRequest', operations.ACCEPT, { input: { requestId } }],
    ['declineFriendRequest', operations.DECLINE, { input: { requestId } }],
    ['cancelFriendRequest', operations.CANCEL, { input: { requestId } }],
    ['friendRequests', operations.REQUESTS, { direction: 'INCOMING' }],
    ['blockedUsers', operations.BLOCKED, {}],
  ])('may not call %s', async (_name, operation, variables) => {
    const { errors } = await profiles.client().execute(operation, variables);
    expect(errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
  });
});

it('a page that is too large, or whose cursor is of another list, is refused', async () => {
  const ada = await profiles.person();
  const cursor = Buffer.from(JSON.stringify(['followers', [0, 'x']])).toString('base64url');
  for (const variables of [
    { first: 51 },
    { first: 0 },
    { last: 51 },
    { first: 1, last: 1 },
    { after: cursor },
    { after: '?' },
  ]) {
    const { errors } = await ada.client.execute(operations.BLOCKED, variables);
    expect(errors?.[0]?.extensions?.code, JSON.stringify(variables)).toBe('BAD_USER_INPUT');
  }
});
