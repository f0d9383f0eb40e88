import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSubgraphClient, createSubscriber, eventually, testStores, uniqueName } from '@postbook/testkit';
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createIdentitySigner,
  createPlatform,
  createSubgraphServer,
  ForbiddenError,
  IDENTITY_HEADER,
  MASKED_MESSAGE,
  type RequestScope,
  requireViewer,
  subscriptionBody,
  viewerOf,
} from '../../src/index.ts';

const secret = 'a-secret-of-at-least-32-characters';
const signer = createIdentitySigner({ secret });
const viewer = {
  userId: '018f3c1e-7b1a-7c3d-8e4f-0123456789ab',
  sessionId: '018f3c1e-7b1a-7c3d-8e4f-0123456789ac',
  role: 'User' as const,
  scopes: [],
};
const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  scalar DateTime
  type Query { whoAmI: ID, mine: ID!, forbidden: Int, broken: Int, at: DateTime! }
  type Mutation { count: Int! }
  type Subscription { ticks(to: Int!): Tick!, silence: Tick! }
  type Tick { number: Int!, contexts: Int! }
`);

let counted = 0;
let contexts = 0;
let openStreams = 0;

async function* ticks(to: number) {
  openStreams += 1;
  try {
    for (let number = 1; number <= to; number += 1) yield { ticks: { number } };
    throw new ForbiddenError('You are no longer a member.');
  } finally {
    openStreams -= 1;
  }
}

/** A source where nothing ever happens: its `next()` stays pending until it is told to return. */
function silence(): AsyncIterableIterator<never> {
  openStreams += 1;
  const pending = Promise.withResolvers<IteratorResult<never>>();
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => pending.promise,
    async return() {
      openStreams -= 1;
      pending.resolve({ done: true, value: undefined });
      return { done: true, value: undefined };
    },
  };
}

const resolvers = {
  Query: {
    whoAmI: (_: unknown, __: unknown, scope: RequestScope) => viewerOf(scope)?.userId ?? null,
    mine: (_: unknown, __: unknown, scope: RequestScope) => requireViewer(scope).userId,
    forbidden: () => {
      throw new ForbiddenError('Not yours.');
    },
    broken: () => {
      throw new Error('password=hunter2');
    },
    at: () => new Date('2026-11-23T06:06:13.000Z'),
  },
  Mutation: {
    count: () => {
      counted += 1;
      return counted;
    },
  },
  Subscription: {
    ticks: { subscribe: (_: unknown, { to }: { to: number }) => ticks(to) },
    silence: { subscribe: silence },
  },
  Tick: { contexts: (_: unknown, __: unknown, { number }: { number: number }) => number },
};

const config = {
  host: '127.0.0.1',
  port: 0,
  logLevel: 'silent',
  logFormat: 'json' as const,
  redisUrl: testStores().redisUrl,
  redisNamespace: uniqueName('kit'),
  internalIdentitySecret: secret,
};
const service = createSubgraphServer({
  name: 'sample',
  config,
  platform: createPlatform('sample', config),
  typeDefs,
  resolvers,
  components: [],
  createContext: (scope: RequestScope) => {
    contexts += 1;
    return { ...scope, number: contexts };
  },
});
let url = '';
const endpoint = () => `${url}/graphql`;
const as = (who?: typeof viewer) => createSubgraphClient({ url: endpoint(), audience: 'sample', signer, viewer: who });

beforeAll(async () => {
  ({ url } = await service.start());
});
afterAll(() => service.stop());

describe('a subgraph over HTTP', () => {
  it('knows the viewer that the gateway signed for', async () => {
    expect(await as(viewer).data('{ whoAmI }')).toEqual({ whoAmI: viewer.userId });
    expect(await as().data('{ whoAmI }')).toEqual({ whoAmI: null });
  });

  it('asks the anonymous to log in where it needs to know them', async () => {
    const { errors } = await as().execute('{ mine }');
    expect(errors).toMatchObject([{ path: ['mine'], extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it('passes on errors that are meant for clients and masks the others', async () => {
    const { data, errors } = await as().execute('{ forbidden broken }');
    expect(data).toEqual({ forbidden: null, broken: null });
    expect(errors).toMatchObject([
      { message: 'Not yours.', extensions: { code: 'FORBIDDEN' } },
      { message: MASKED_MESSAGE, extensions: { code: 'INTERNAL_SERVER_ERROR' } },
    ]);
    expect(JSON.stringify(errors)).not.toContain('hunter2');
  });

  it('writes moments as RFC 3339', async () => {
    expect(await as().data('{ at }')).toEqual({ at: '2026-11-23T06:06:13.000Z' });
  });

  it('refuses a call that nobody signed', async () => {
    const response = await fetch(endpoint(), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ whoAmI }"}',
    });
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });

  it('refuses a signature over another body, and a GET', async () => {
    const body = '{"query":"{ whoAmI }"}';
    const headers = {
      'content-type': 'application/json',
      [IDENTITY_HEADER]: signer.sign({ audience: 'sample', operationType: 'query', body }),
    };
    const other = await fetch(endpoint(), { method: 'POST', headers, body: '{"query":"{ at }"}' });
    expect(await other.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    const get = await fetch(`${endpoint()}?query={whoAmI}`, { headers });
    expect(get.ok).toBe(false);
  });

  it('refuses a mutation under the signature of a query, and a mutation that is replayed', async () => {
    const before = counted;
    const body = '{"query":"mutation { count }"}';
    const post = (identity: string) =>
      fetch(endpoint(), {
        method: 'POST',
        headers: { 'content-type': 'application/json', [IDENTITY_HEADER]: identity },
        body,
      }).then((response) => response.json());
    const asQuery = signer.sign({ audience: 'sample', operationType: 'query', body });
    expect(await post(asQuery)).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    const signed = signer.sign({ audience: 'sample', operationType: 'mutation', body });
    expect(await post(signed)).toEqual({ data: { count: before + 1 } });
    expect(await post(signed)).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    expect(counted).toBe(before + 1);
  });

  it('refuses a body that is too large or no JSON', async () => {
    const large = await fetch(endpoint(), { method: 'POST', body: 'x'.repeat(5 * 1024 * 1024) });
    expect([large.status, await large.json()]).toMatchObject([
      413,
      { errors: [{ extensions: { code: 'BODY_TOO_LARGE' } }] },
    ]);
    const broken = await fetch(endpoint(), { method: 'POST', body: '{' });
    expect([broken.status, await broken.json()]).toMatchObject([
      400,
      { errors: [{ extensions: { code: 'BAD_REQUEST' } }] },
    ]);
  });

  it('reports life, readiness and metrics', async () => {
    expect(await (await fetch(`${url}/health/live`)).json()).toEqual({ status: 'live' });
    const ready = await fetch(`${url}/health/ready`);
    expect([ready.status, await ready.json()]).toMatchObject([200, { status: 'running', components: { redis: 'ok' } }]);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain(
      'graphql_operations_total{type="query",outcome="ok"',
    );
  });

  it('tells metrics and what is wrong with its parts to operators alone', async () => {
    const forwarded = { headers: { 'x-forwarded-for': '203.0.113.7' } };
    expect((await fetch(`${url}/metrics`, forwarded)).status).toBe(404);
    expect(await (await fetch(`${url}/health/ready`, forwarded)).json()).toEqual({ status: 'running' });
  });

  it('gives back the request id it came with, and only one of the expected shape', async () => {
    const ask = async (id: string) =>
      (await fetch(`${url}/health/live`, { headers: { 'x-request-id': id } })).headers.get('x-request-id');
    expect(await ask('abcdefgh-1234')).toBe('abcdefgh-1234');
    expect(await ask('short')).not.toBe('short');
  });
});

describe('a subgraph over graphql-transport-ws', () => {
  const query = 'subscription Ticks($to: Int!) { ticks(to: $to) { number contexts } }';
  const identityFor = (variables: Record<string, unknown>) =>
    signer.sign({
      audience: 'sample',
      operationType: 'subscription',
      body: subscriptionBody({ query, variables }),
      viewer,
    });
  const connect = () => createSubscriber({ url: endpoint().replace('http', 'ws') });

  it('executes every event with a fresh context, and ends a failed stream with an event that carries the code', async () => {
    const subscriber = connect();
    const stream = subscriber.subscribe<{ ticks: { number: number; contexts: number } }>(
      query,
      { to: 2 },
      { identity: identityFor({ to: 2 }) },
    );
    const first = await stream.next();
    const second = await stream.next();
    expect([first.data?.ticks.number, second.data?.ticks.number]).toEqual([1, 2]);
    expect(first.data?.ticks.contexts).not.toBe(second.data?.ticks.contexts);
    expect(await stream.next()).toMatchObject({
      errors: [{ message: 'You are no longer a member.', extensions: { code: 'FORBIDDEN' } }],
    });
    await stream.done;
    await subscriber.close();
  });

  it('refuses a subscription that nobody signed, and one with other variables', async () => {
    const subscriber = connect();
    await expect(subscriber.subscribe(query, { to: 1 }).next()).rejects.toMatchObject([
      { extensions: { code: 'UNAUTHENTICATED' } },
    ]);
    const stolen = subscriber.subscribe(query, { to: 9 }, { identity: identityFor({ to: 1 }) });
    await expect(stolen.next()).rejects.toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    await subscriber.close();
  });

  it('frees the source at once when the client leaves while nothing happens', async () => {
    const subscriber = connect();
    const silent = 'subscription { silence { number } }';
    const body = subscriptionBody({ query: silent, variables: {} });
    const identity = signer.sign({ audience: 'sample', operationType: 'subscription', body, viewer });
    subscriber.subscribe(silent, {}, { identity });
    await eventually(() => openStreams === 1);
    subscriber.terminate();
    await eventually(() => openStreams === 0);
  });
});

describe('a subgraph without Redis', () => {
  it('starts and answers, and still refuses a replayed mutation', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const alone = { ...config, redisUrl: `redis://127.0.0.1:${port}` };
    const lonely = createSubgraphServer({
      name: 'sample',
      config: alone,
      platform: createPlatform('sample', alone),
      typeDefs,
      resolvers,
      components: [],
      createContext: (scope: RequestScope) => scope,
    });
    const started = await lonely.start();
    try {
      const body = '{"query":"mutation { count }"}';
      const identity = signer.sign({ audience: 'sample', operationType: 'mutation', body });
      const post = () =>
        fetch(`${started.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', [IDENTITY_HEADER]: identity },
          body,
        }).then((response) => response.json());
      expect(await post()).toMatchObject({ data: { count: expect.any(Number) } });
      expect(await post()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
      const ready = (await (await fetch(`${started.url}/health/ready`)).json()) as {
        components: Record<string, string>;
      };
      expect(ready.components.redis).toContain('away');
    } finally {
      await lonely.stop();
    }
  });
});
