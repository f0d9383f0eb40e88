import { randomUUID } from 'node:crypto';
import { createLiveClient, type Interruption } from '@postbook/live-client';
import { eventually, testStores, uniqueName } from '@postbook/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { SECRET, startTestGateway, type TestGateway } from './fixture/test-gateway.ts';
import { startTestGraph, type TestGraph } from './fixture/test-graph.ts';
import { startTestTokens, type TestTokens } from './fixture/test-tokens.ts';

let graph: TestGraph;
let tokens: TestTokens;
let gateway: TestGateway;

beforeAll(async () => {
  graph = await startTestGraph({ secret: SECRET });
  tokens = await startTestTokens();
  gateway = await startTestGateway({
    supergraphPath: graph.supergraphPath,
    auth: { jwksUrl: tokens.jwksUrl, redisUrl: testStores().redisUrl, redisNamespace: uniqueName('live') },
  });
});
afterAll(async () => {
  await gateway.stop();
  await tokens.stop();
  await graph.stop();
});

const ADDED = 'subscription ($c: ID!) { messageAdded(conversationId: $c) { text } }';

test('the live client keeps one socket beyond the life of several tokens', async () => {
  const userId = randomUUID();
  let issued = 0;
  let opened = 0;
  const client = createLiveClient({
    url: gateway.socketUrl,
    token() {
      issued += 1;
      return tokens.issue({ userId, expiresIn: 2 });
    },
    options: { webSocketImpl: WebSocket, on: { opened: () => void opened++ } },
  });
  const before = graph.topic.opened;
  const events = client.iterate({ query: ADDED, variables: { c: 'tokens' } });
  await eventually(() => graph.topic.opened > before);
  await eventually(() => issued >= 4);
  graph.publish('tokens', 'still here');
  expect((await events.next()).value).toEqual({ data: { messageAdded: { text: 'still here' } } });
  expect(opened).toBe(1);
  await client.dispose();
});

test('the live client comes back by itself when a subgraph was away', async () => {
  const interruptions: Interruption[] = [];
  const client = createLiveClient({
    url: gateway.socketUrl,
    backOff: { firstMs: 20 },
    onInterrupted: (interruption) => interruptions.push(interruption),
    options: { webSocketImpl: WebSocket },
  });
  const before = graph.topic.opened;
  const events = client.iterate({ query: ADDED, variables: { c: 'away' } });
  await eventually(() => graph.topic.opened > before);
  await graph.messages.kill();
  await eventually(() => interruptions.length > 0);
  await graph.messages.start();
  const received = events.next();
  await eventually(() => {
    graph.publish('away', 'back');
    return Promise.race([received.then(() => true), new Promise<false>((resolve) => setImmediate(resolve, false))]);
  });
  expect((await received).value).toEqual({ data: { messageAdded: { text: 'back' } } });
  expect(interruptions[0]?.codes).toEqual(['SUBGRAPH_UNAVAILABLE']);
  await client.dispose();
});
