import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from './fixture/test-gateway.ts';
import { startTestGraph, type TestGraph } from './fixture/test-graph.ts';

let graph: TestGraph;
let gateway: TestGateway;

beforeAll(async () => {
  graph = await startTestGraph();
  gateway = await startTestGateway({ supergraphPath: graph.supergraphPath, env: { INTROSPECTION: 'off' } });
});
afterAll(async () => {
  await gateway.stop();
  await graph.stop();
});

test('with introspection off the schema is not told', async () => {
  const { status, errors } = await gateway.http.execute('{ __schema { types { name } } }');
  expect(status).toBe(400);
  expect(errors?.[0]?.extensions?.code).toBe('GRAPHQL_VALIDATION_FAILED');
});

test('with introspection off, errors propose no names, over HTTP and over a socket', async () => {
  const http = await gateway.http.execute('{ onlin }');
  expect(http.errors?.[0]?.message).toBe('Cannot query field "onlin" on type "Query".');
  const socket = gateway.connect();
  await expect(socket.subscribe('subscription { tick }').done).rejects.toMatchObject([
    { message: 'Cannot query field "tick" on type "Subscription".' },
  ]);
  await socket.close();
});

test('with introspection on, they do', async () => {
  const open = await startTestGateway({ supergraphPath: graph.supergraphPath });
  expect((await open.http.execute('{ onlin }')).errors?.[0]?.message).toContain('Did you mean "online"');
  expect((await open.http.execute('{ __type(name: "User") { name } }')).data).toEqual({ __type: { name: 'User' } });
  await open.stop();
});

test("a fault of the gateway's own is masked and carries the request's id", async () => {
  const faulty = await startTestGateway({
    supergraphPath: graph.supergraphPath,
    overrides: {
      transport: { send: () => Promise.reject(new Error('secret at http://10.0.0.1:5432')) },
    },
  });
  const { errors, headers } = await faulty.http.execute('{ online }');
  expect(errors).toEqual([
    {
      message: 'Something went wrong on our side. Retry, and report the request id if it stays.',
      extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: headers.get('x-request-id') },
    },
  ]);
  await faulty.stop();
});
