import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestGateway } from './fixture/test-gateway.ts';
import { startTestGraph, type TestGraph } from './fixture/test-graph.ts';

let graph: TestGraph;

beforeAll(async () => {
  graph = await startTestGraph();
});
afterAll(() => graph.stop());

test('another subscription engine gets what the client sent, and its events go out as they are', async () => {
  const gateway = await startTestGateway({
    supergraphPath: graph.supergraphPath,
    overrides: {
      createSubscriptions: () => ({
        subscribe: ({ variables, context }) => ({
          events: (async function* () {
            yield { data: { heard: variables?.c, from: context.client.ip } };
          })(),
        }),
      }),
    },
  });
  const socket = gateway.connect();
  const subscription = socket.subscribe('subscription ($c: ID!) { messageAdded(conversationId: $c) { id } }', {
    c: '1',
  });
  expect(await subscription.next()).toEqual({ data: { heard: '1', from: '127.0.0.1' } });
  await subscription.done;
  await socket.close();
  await gateway.stop();
});
