import { testStores, uniqueName } from '@postbook/testkit';
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPlatform, createSubgraphServer, JOBS_HEADER, type RequestScope } from '../../src/index.ts';

const config = {
  host: '127.0.0.1',
  port: 0,
  logLevel: 'silent',
  logFormat: 'json' as const,
  redisUrl: testStores().redisUrl,
  redisNamespace: uniqueName('kit'),
  internalIdentitySecret: 'a-secret-of-at-least-32-characters',
};

describe('jobs by hand', () => {
  const platform = createPlatform('sample', config);
  const service = createSubgraphServer({
    name: 'sample',
    config,
    platform,
    typeDefs: parse('type Query { ok: Boolean }'),
    resolvers: {},
    components: [],
    createContext: (scope: RequestScope) => scope,
  });
  let url = '';
  let runs = 0;
  const started = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const count = async () => {
    runs += 1;
  };

  beforeAll(async () => {
    const never = '0 0 1 1 *';
    platform.scheduler.register({ name: 'sample-count', schedule: never, run: count });
    platform.scheduler.register({ name: 'sample-fail', schedule: never, run: () => Promise.reject(new Error('no')) });
    platform.scheduler.register({
      name: 'sample-wait',
      schedule: never,
      run: async () => {
        started.resolve();
        await released.promise;
      },
    });
    ({ url } = await service.start());
  });
  afterAll(() => service.stop());

  const call = (method: string, query = '', headers: Record<string, string> = { [JOBS_HEADER]: '1' }) =>
    fetch(`${url}/jobs${query}`, { method, headers });

  it('are named', async () => {
    expect(await (await call('GET')).json()).toEqual({ jobs: ['sample-count', 'sample-fail', 'sample-wait'] });
  });

  it('run at once, and the answer comes when they are done', async () => {
    const response = await call('POST', '?name=sample-count');
    expect([response.status, await response.json(), runs]).toEqual([200, { hasRun: true }, 1]);
  });

  it('fail with a status, and the reason stays in the log', async () => {
    const response = await call('POST', '?name=sample-fail');
    expect([response.status, await response.text()]).toEqual([500, expect.not.stringContaining('"no"')]);
  });

  it('are not run twice at a time', async () => {
    const first = call('POST', '?name=sample-wait');
    await started.promise;
    const second = await call('POST', '?name=sample-wait');
    released.resolve();
    expect([second.status, (await first).status]).toEqual([409, 200]);
  });

  it('that don’t exist are said not to', async () => {
    expect((await call('POST', '?name=sample-other')).status).toBe(404);
  });

  it.each<[string, Record<string, string>]>([
    ['a page in a browser, which can’t send our header', {}],
    ['somebody behind a proxy', { [JOBS_HEADER]: '1', 'x-forwarded-for': '203.0.113.9' }],
  ])('are hidden from %s', async (_who, headers) => {
    expect((await call('GET', '', headers)).status).toBe(404);
    expect((await call('POST', '?name=sample-count', headers)).status).toBe(404);
    expect(runs).toBe(1);
  });
});
