import { randomUUID } from 'node:crypto';
import { startRedisProcess, testStores, uniqueName } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeGraph, createTestGate, viewerWith } from './fixture/gated-graph.ts';
import { type PolicyGraph, startPolicyGraph } from './fixture/policy-graph.ts';
import { SECRET, startTestGateway, type TestGateway } from './fixture/test-gateway.ts';
import { startTestTokens, type TestTokens } from './fixture/test-tokens.ts';

let graph: PolicyGraph;
let tokens: TestTokens;

beforeAll(async () => {
  graph = await startPolicyGraph(SECRET);
  tokens = await startTestTokens();
});
afterAll(async () => {
  await tokens.stop();
  await graph.stop();
});

/** A long window, so that no test sees its end. */
const ENV = { RATE_LIMIT_WINDOW_S: '600', TRUSTED_PROXIES: '1' };

const start = (env: Record<string, string>, redisNamespace: string, redisUrl = testStores().redisUrl) =>
  startTestGateway({
    supergraphPath: graph.supergraphPath,
    auth: { jwksUrl: tokens.jwksUrl, redisUrl, redisNamespace },
    env: { ...ENV, ...env },
  });

interface Asking {
  readonly query?: string;
  readonly ip?: string;
  readonly token?: string;
}

async function ask(gateway: TestGateway, { query = '{ hello }', ip = '192.0.2.1', token }: Asking = {}) {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-forwarded-for': ip,
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: JSON.stringify({ query }),
  });
  const { errors } = (await response.json()) as { errors?: { extensions: Record<string, unknown> }[] };
  return { status: response.status, headers: response.headers, extensions: errors?.[0]?.extensions };
}

const countOk = (answers: readonly { status: number }[]) => answers.filter(({ status }) => status === 200).length;

describe('a limit', () => {
  it('is exact for parallel operations over several gateways', async () => {
    const namespace = uniqueName('rates').toLowerCase();
    const gateways = await Promise.all([1, 2].map(() => start({ RATE_LIMIT_USER: '25' }, namespace)));
    const userId = randomUUID();
    // Each from a session and an address of its own: only the person is the same.
    const answers = await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const gateway = gateways[n % 2] as TestGateway;
        return ask(gateway, { token: await tokens.issue({ userId }), ip: `198.51.100.${n}` });
      }),
    );
    expect(countOk(answers)).toBe(25);
    expect(answers.filter(({ extensions }) => extensions?.code === 'RATE_LIMITED')).toHaveLength(35);
    await Promise.all(gateways.map((gateway) => gateway.stop()));
  });

  it('tells how long to wait, in the answer and in its head', async () => {
    const gateway = await start({ RATE_LIMIT_ADDRESS: '2' }, uniqueName('rates').toLowerCase());
    const first = await ask(gateway);
    expect(first.headers.get('ratelimit-policy')).toBe('"address";q=2;w=600');
    expect(first.headers.get('ratelimit')).toMatch(/^"address";r=1;t=(600|59\d)$/);
    await ask(gateway);
    const { status, headers, extensions } = await ask(gateway);
    expect(status).toBe(429);
    expect(extensions).toEqual({ code: 'RATE_LIMITED', retryAfterSeconds: Number(headers.get('retry-after')) });
    expect(extensions?.retryAfterSeconds).toBeGreaterThan(590);
    expect(headers.get('ratelimit')).toMatch(/^"address";r=0;t=\d+$/);
    expect(await gateway.metric('gateway_refusals_total{code="RATE_LIMITED",}')).toBe(1);
    await gateway.stop();
  });

  it('is used up by cost, and by mutations tenfold', async () => {
    const gateway = await start({ RATE_LIMIT_ADDRESS: '50' }, uniqueName('rates').toLowerCase());
    const left = async (query: string) =>
      (await ask(gateway, { query })).headers.get('ratelimit')?.match(/r=(\d+)/)?.[1];
    expect(await left('{ hello }')).toBe('49');
    expect(await left('{ items(first: 5) { nodes { id } } }')).toBe('43');
    expect(await left('mutation { rename(name: "x") { id } }')).toBe('33');
    expect(await left('{ items(first: 34) { nodes { id } } }')).toBe('0');
    await gateway.stop();
  });

  it('counts what is refused and what is not valid once each', async () => {
    const gateway = await start(
      { RATE_LIMIT_ADDRESS: '4', MAX_OPERATION_COST: '50' },
      uniqueName('rates').toLowerCase(),
    );
    const codes: unknown[] = [];
    for (const query of [
      '{ items(first: 50) { nodes { id } } }',
      '{ nothing }',
      '{ syntax',
      '{ hello }',
      '{ nothing }',
      '{ hello }',
    ]) {
      codes.push((await ask(gateway, { query })).extensions?.code);
    }
    expect(codes).toEqual([
      'COST_ESTIMATED_TOO_EXPENSIVE',
      'GRAPHQL_VALIDATION_FAILED',
      'GRAPHQL_PARSE_FAILED',
      undefined,
      'RATE_LIMITED',
      'RATE_LIMITED',
    ]);
    await gateway.stop();
  });
});

describe('who is limited', () => {
  it('is a session apart from its person, and a person over all sessions', async () => {
    const gateway = await start({ RATE_LIMIT_SESSION: '2', RATE_LIMIT_USER: '3' }, uniqueName('rates').toLowerCase());
    const userId = randomUUID();
    const [one, other] = [await tokens.issue({ userId }), await tokens.issue({ userId })];
    const statuses: number[] = [];
    for (const token of [one, one, one, other, other]) statuses.push((await ask(gateway, { token })).status);
    expect(statuses).toEqual([200, 200, 429, 429, 429]);
    expect((await ask(gateway, { token: await tokens.issue() })).status).toBe(200);
    await gateway.stop();
  });

  it('is an IPv6 network of 64 bits, whatever address of it is used', async () => {
    const gateway = await start({ RATE_LIMIT_ADDRESS: '3' }, uniqueName('rates').toLowerCase());
    const answers = [];
    for (let n = 0; n < 5; n += 1) answers.push(await ask(gateway, { ip: `2001:db8:0:1:${n}::${n + 1}` }));
    expect(countOk(answers)).toBe(3);
    expect((await ask(gateway, { ip: '2001:db8:0:2::1' })).status).toBe(200);
    await gateway.stop();
  });

  it('is not who a client claims to be forwarded for', async () => {
    const gateway = await start({ RATE_LIMIT_ADDRESS: '3' }, uniqueName('rates').toLowerCase());
    const answers = [];
    for (let n = 0; n < 5; n += 1) answers.push(await ask(gateway, { ip: `10.0.0.${n}, 192.0.2.9` }));
    expect(countOk(answers)).toBe(3);
    await gateway.stop();
  });

  it('is whoever subscribes, too', async () => {
    const supergraphSdl = composeGraph({ a: 'type Query { a: Int } type Subscription { came: Int }' });
    const asked: [unknown, number][] = [];
    const gate = createTestGate({
      supergraphSdl,
      rates: {
        async consume({ viewer }, units) {
          asked.push([viewer?.userId, units]);
          return [{ scope: 'user', limit: 1, remaining: 0, resetSeconds: 7, isExceeded: asked.length > 1 }];
        },
      },
    });
    const viewer = viewerWith();
    expect((await gate.ask('subscription { came }', { viewer })).refusals).toEqual([]);
    const { refusals } = await gate.ask('subscription { came }', { viewer });
    expect(refusals.map(({ extensions }) => extensions)).toEqual([{ code: 'RATE_LIMITED', retryAfterSeconds: 7 }]);
    expect(asked).toEqual([
      [viewer.userId, 1],
      [viewer.userId, 1],
    ]);
  });
});

it('while Redis is away, each gateway counts by itself', async () => {
  const redis = await startRedisProcess({ journal: false });
  const gateway = await start({ RATE_LIMIT_ADDRESS: '5' }, 'away', redis.url);
  await redis.kill();
  const answers = await Promise.all(Array.from({ length: 12 }, () => ask(gateway)));
  expect(countOk(answers)).toBe(5);
  await gateway.stop();
  await redis.stop();
});

it('without authentication there is no Redis, and limits hold all the same', async () => {
  const gateway = await startTestGateway({
    supergraphPath: graph.supergraphPath,
    env: { ...ENV, RATE_LIMIT_ADDRESS: '5' },
  });
  const answers = await Promise.all(Array.from({ length: 12 }, () => ask(gateway)));
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(7);
  await gateway.stop();
});
