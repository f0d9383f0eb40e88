import { createHash } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { silentLogger } from '@postbook/service-kit';
import { eventually, testStores, uniqueName } from '@postbook/testkit';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createPersistedQueries } from '../src/policy/persisted-queries.ts';
import { createTrustedDocuments } from '../src/policy/trusted-documents.ts';
import { type PolicyGraph, startPolicyGraph } from './fixture/policy-graph.ts';
import { SECRET, startTestGateway, type TestGateway } from './fixture/test-gateway.ts';
import { startTestTokens } from './fixture/test-tokens.ts';

let graph: PolicyGraph;
const running: TestGateway[] = [];

beforeAll(async () => {
  graph = await startPolicyGraph();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((gateway) => gateway.stop()));
});
afterAll(() => graph.stop());

async function start(env: Record<string, string> = {}): Promise<TestGateway> {
  const gateway = await startTestGateway({ supergraphPath: graph.supergraphPath, env });
  running.push(gateway);
  return gateway;
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const persisted = (sha256Hash: string, version = 1) => ({ persistedQuery: { version, sha256Hash } });

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

async function post(gateway: TestGateway, body: object): Promise<{ status: number } & Answer> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, ...((await response.json()) as Answer) };
}

const get = async (gateway: TestGateway, parameters: Record<string, string>): Promise<{ status: number } & Answer> => {
  const url = `${gateway.url}/graphql?${new URLSearchParams(parameters)}`;
  const response = await fetch(url, { headers: { 'apollo-require-preflight': '1' } });
  return { status: response.status, ...((await response.json()) as Answer) };
};

const codeOf = ({ errors }: Answer) => errors?.[0]?.extensions?.code;
const HELLO = { data: { hello: 'hello' } };

describe('automatic persisted queries', () => {
  const query = '{ hello }';
  const id = digest(query);

  it('are asked for by digest once somebody has sent them, by POST and by GET', async () => {
    const gateway = await start();
    expect(await post(gateway, { extensions: persisted(id) })).toMatchObject({
      errors: [{ message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
    });
    expect(await post(gateway, { query, extensions: persisted(id) })).toMatchObject(HELLO);
    expect(await post(gateway, { extensions: persisted(id) })).toMatchObject(HELLO);
    expect(await get(gateway, { extensions: JSON.stringify(persisted(id)) })).toMatchObject(HELLO);
  });

  it('are not what does not fit its digest, or another version', async () => {
    const gateway = await start();
    expect((await post(gateway, { query, extensions: persisted(digest('{ dear }')) })).status).toBe(400);
    expect((await post(gateway, { query, extensions: persisted(id, 2) })).status).toBe(400);
    expect(codeOf(await post(gateway, { extensions: persisted(digest('{ dear }')) }))).toBe(
      'PERSISTED_QUERY_NOT_FOUND',
    );
  });

  it('are judged as if their text was sent: a digest gets nothing past the gate', async () => {
    const gateway = await start({ MAX_OPERATION_COST: '50', AUTH_DIRECTIVES: 'reject' });
    for (const [forbidden, code] of [
      ['{ dear }', 'COST_ESTIMATED_TOO_EXPENSIVE'],
      ['{ secret }', 'UNAUTHORIZED_FIELD_OR_TYPE'],
    ] as const) {
      expect(codeOf(await post(gateway, { query: forbidden, extensions: persisted(digest(forbidden)) }))).toBe(code);
      // What was refused wasn't kept.
      expect(codeOf(await post(gateway, { extensions: persisted(digest(forbidden)) }))).toBe(
        'PERSISTED_QUERY_NOT_FOUND',
      );
    }
    const page = 'query ($n: Int) { items(first: $n) { total nodes { id } } }';
    await post(gateway, { query: page, variables: { n: 1 }, extensions: persisted(digest(page)) });
    const asked = { extensions: persisted(digest(page)), variables: { n: 1000 } };
    expect(codeOf(await post(gateway, asked))).toBe('COST_ESTIMATED_TOO_EXPENSIVE');
  });

  it('never make a mutation something to GET', async () => {
    const gateway = await start();
    const mutation = 'mutation { rename(name: "x") { id } }';
    await post(gateway, { query: mutation, extensions: persisted(digest(mutation)) });
    expect((await get(gateway, { extensions: JSON.stringify(persisted(digest(mutation))) })).status).toBe(405);
  });

  it('can be switched off', async () => {
    const gateway = await start({ PERSISTED_QUERIES: 'off' });
    expect(codeOf(await post(gateway, { query, extensions: persisted(id) }))).toBe('PERSISTED_QUERY_NOT_SUPPORTED');
  });
});

describe('persisted queries in Redis', () => {
  const namespace = uniqueName('persisted').toLowerCase();
  const redis = new Redis(testStores().redisUrl);
  const make = (maximum = 100) =>
    createPersistedQueries({ redis: () => redis, namespace, ttlSeconds: 60, maximum, log: silentLogger });
  afterAll(() => redis.quit());

  it('are shared by all gateways, for a time', async () => {
    await make().set(digest('{ a }'), '{ a }');
    expect(await make().get(digest('{ a }'))).toBe('{ a }');
    expect(await redis.ttl(`${namespace}:{persisted}:${digest('{ a }')}`)).toBeGreaterThan(50);
  });

  it('are looked at again: a text put there by somebody else is none', async () => {
    await redis.set(`${namespace}:{persisted}:${digest('{ b }')}`, '{ secret }');
    expect(await make().get(digest('{ b }'))).toBeUndefined();
  });

  it('are bounded: the oldest go first', async () => {
    const texts = Array.from({ length: 6 }, (_, n) => `{ bounded${n} }`);
    for (const text of texts) await make(3).set(digest(text), text);
    const left = await Promise.all(texts.map((text) => make().get(digest(text))));
    expect(left).toEqual([undefined, undefined, undefined, ...texts.slice(3)]);
  });

  it('are not kept when they are very long', async () => {
    const long = `{ ${'a '.repeat(40_000)} }`;
    const queries = make();
    await queries.set(digest(long), long);
    expect(await queries.get(digest(long))).toBeUndefined();
  });

  it('are found by a gateway that was never sent them', async () => {
    const tokens = await startTestTokens();
    const secured = await startPolicyGraph(SECRET);
    const auth = { jwksUrl: tokens.jwksUrl, redisUrl: testStores().redisUrl, redisNamespace: namespace };
    const [one, other] = await Promise.all(
      [1, 2].map(() => startTestGateway({ supergraphPath: secured.supergraphPath, auth })),
    );
    if (!one || !other) throw new Error('two gateways are expected');
    running.push(one, other);
    await post(one, { query: '{ hello dear }', extensions: persisted(digest('{ hello dear }')) });
    await eventually(async () => (await post(other, { extensions: persisted(digest('{ hello dear }')) })).data);
    await tokens.stop();
    await secured.stop();
  });
});

const manifest = (operations: Readonly<Record<string, string>>) =>
  JSON.stringify({
    format: 'apollo-persisted-query-manifest',
    version: 1,
    operations: Object.entries(operations).map(([name, body]) => ({ id: `id-${name}`, name, body, type: 'query' })),
  });

describe('trusted documents', () => {
  const Hello = 'query Hello { hello }';
  async function enforce(env: Record<string, string> = {}) {
    const path = join(graph.folder, `${uniqueName('manifest')}.json`);
    await writeFile(path, manifest({ Hello }));
    return { path, gateway: await start({ TRUSTED_DOCUMENTS: 'enforce', TRUSTED_DOCUMENTS_PATH: path, ...env }) };
  }
  const UNTRUSTED = { status: 400, errors: [{ extensions: { code: 'OPERATION_NOT_TRUSTED' } }] };

  it('are run by id and by text, white space and comments aside', async () => {
    const { gateway } = await enforce();
    expect(await post(gateway, { extensions: persisted('id-Hello') })).toMatchObject(HELLO);
    expect(await post(gateway, { query: Hello })).toMatchObject(HELLO);
    expect(await post(gateway, { query: '# mine\nquery  Hello {\n  hello,\n}' })).toMatchObject(HELLO);
    expect(await get(gateway, { query: Hello })).toMatchObject(HELLO);
  });

  it('are planned before they are asked for', async () => {
    const { gateway } = await enforce();
    const planned = () => gateway.metric('gateway_planning_duration_seconds_count{,outcome="planned"}');
    await eventually(async () => (await planned()) === 1);
    expect(await post(gateway, { query: Hello })).toMatchObject(HELLO);
    expect(await gateway.metric('gateway_plan_cache_requests_total{outcome="hit",}')).toBe(1);
    expect(await planned()).toBe(1);
    expect(await gateway.metric('gateway_plan_cache_entries')).toBe(1);
  });

  it('are the only ones that are run, whichever way others come', async () => {
    const { gateway } = await enforce();
    for (const query of [
      'query Hello { hello dear }',
      'query Hello { hi: hello }',
      '{ hello }',
      `${Hello} query More { dear }`,
    ]) {
      expect(
        await post(gateway, { query, operationName: query.includes('Hello') ? 'Hello' : undefined }),
      ).toMatchObject(UNTRUSTED);
      expect(
        await get(gateway, { query, ...(query.includes('Hello') ? { operationName: 'Hello' } : {}) }),
      ).toMatchObject(UNTRUSTED);
    }
    const other = '{ dear }';
    expect(await post(gateway, { query: other, extensions: persisted(digest(other)) })).toMatchObject(UNTRUSTED);
    expect(codeOf(await post(gateway, { extensions: persisted(digest(other)) }))).toBe('PERSISTED_QUERY_NOT_FOUND');
    expect(await post(gateway, { query: other, extensions: persisted('id-Hello') })).toMatchObject({ status: 400 });
    const socket = gateway.connect();
    await expect(socket.subscribe('{ dear }').next()).rejects.toMatchObject([
      { extensions: { code: 'OPERATION_NOT_TRUSTED' } },
    ]);
    await socket.close();
  });

  it('say nothing of the schema to who sends others', async () => {
    const { gateway } = await enforce();
    const { errors } = await post(gateway, { query: '{ helo items }' });
    expect(errors).toEqual([
      {
        message: 'This operation is not among those that are known here. Register it, or send one that is.',
        extensions: { code: 'OPERATION_NOT_TRUSTED' },
      },
    ]);
  });

  it('are only counted when told so', async () => {
    const { gateway } = await enforce({ TRUSTED_DOCUMENTS: 'log' });
    expect(await post(gateway, { query: '{ dear }' })).toMatchObject({ data: { dear: 80 } });
    await post(gateway, { query: Hello });
    expect(await gateway.metric('gateway_untrusted_documents_total{mode="log",}')).toBe(1);
  });

  it('are followed while the file changes; what is no manifest changes nothing', async () => {
    const { path, gateway } = await enforce();
    const replace = async (text: string) => {
      await writeFile(`${path}.next`, text);
      await rename(`${path}.next`, path);
    };
    await replace(manifest({ Hello, Dear: '{ dear }' }));
    await eventually(async () => (await post(gateway, { query: '{ dear }' })).data);
    await replace('{ "format": "something else" }');
    await replace(manifest({ Dear: '{ dear }' }));
    await eventually(async () => codeOf(await post(gateway, { query: Hello })) === 'OPERATION_NOT_TRUSTED');
    expect(await post(gateway, { query: '{ dear }' })).toMatchObject({ data: { dear: 80 } });
  });

  it('come from all manifests of a folder', async () => {
    const folder = join(graph.folder, uniqueName('manifests'));
    await mkdir(folder);
    await writeFile(join(folder, 'web.json'), manifest({ Hello }));
    await writeFile(join(folder, 'phone.json'), manifest({ Dear: '{ dear }' }));
    await writeFile(join(folder, 'README.md'), 'not a manifest');
    const documents = createTrustedDocuments({ path: folder, log: silentLogger });
    await documents.start();
    expect(documents.current().operations.map(({ name }) => name)).toEqual(['Dear', 'Hello']);
    await documents.stop();
    await rm(folder, { recursive: true });
  });

  it('must be there at the start', async () => {
    const absent = { TRUSTED_DOCUMENTS: 'enforce', TRUSTED_DOCUMENTS_PATH: join(graph.folder, 'nowhere.json') };
    await expect(startTestGateway({ supergraphPath: graph.supergraphPath, env: absent })).rejects.toThrow(
      'TRUSTED_DOCUMENTS_PATH',
    );
    await expect(start({ TRUSTED_DOCUMENTS: 'log' })).rejects.toThrow('TRUSTED_DOCUMENTS_PATH');
  });
});
