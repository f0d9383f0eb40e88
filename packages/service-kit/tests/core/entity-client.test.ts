import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  createEntityClient,
  createIdentityVerifier,
  IDENTITY_HEADER,
  type InternalIdentity,
  UnavailableError,
} from '../../src/index.ts';

const secret = 'a-secret-of-at-least-32-characters';

describe('reading another subgraph’s entities', () => {
  const calls: number[] = [];
  const askedBy: InternalIdentity[] = [];
  let answer: (ids: string[]) => unknown;
  const verifier = createIdentityVerifier({ secret, audience: 'auth' });
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      askedBy.push(verifier.verify(String(request.headers[IDENTITY_HEADER]), body));
      const ids = (JSON.parse(body) as { variables: { of: { id: string }[] } }).variables.of.map(({ id }) => id);
      calls.push(ids.length);
      response.end(JSON.stringify(answer(ids)));
    });
  });
  const client = () =>
    createEntityClient({
      owner: 'auth',
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
      secret,
      service: 'chats',
      typename: 'User',
      selection: 'username',
      entity: z.object({ username: z.string() }),
    });

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => void server.close());

  it('gives them by id, null for those the owner doesn’t know, a hundred a call', async () => {
    answer = (ids) => ({ data: { _entities: ids.map((id) => (id === 'id7' ? null : { username: `name-${id}` })) } });
    const ids = Array.from({ length: 250 }, (_, index) => `id${index}`);
    const found = await client().fetch(ids);
    expect(found.size).toBe(250);
    expect(found.get('id249')).toEqual({ username: 'name-id249' });
    expect(found.get('id7')).toBeNull();
    expect(calls.sort((a, b) => a - b)).toEqual([50, 100, 100]);
    expect(askedBy[0]).toMatchObject({ service: 'chats', operationType: 'query', viewer: undefined });
  });

  it.each<[string, unknown]>([
    ['answers with errors', { errors: [{ message: 'no' }] }],
    ['answers nonsense', { data: { _entities: [{ username: 7 }] } }],
  ])('says that the owner is away when it %s, and takes nobody for unknown', async (_what, reply) => {
    answer = () => reply;
    await expect(client().fetch(['a'])).rejects.toThrow(UnavailableError);
  });

  it('says so when nobody listens', async () => {
    const dead = createEntityClient({
      owner: 'auth',
      url: 'http://127.0.0.1:1/graphql',
      secret,
      service: 'chats',
      typename: 'User',
      selection: 'username',
      entity: z.object({ username: z.string() }),
    });
    await expect(dead.fetch(['a'])).rejects.toThrow('The service "auth" does not answer');
    expect(await dead.fetch([])).toEqual(new Map());
  });
});
