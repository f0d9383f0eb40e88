import { eventually } from '@postbook/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from './fixture/test-gateway.ts';
import { startTestGraph, type TestGraph } from './fixture/test-graph.ts';

let graph: TestGraph;
let gateway: TestGateway;

beforeEach(async () => {
  graph = await startTestGraph();
  gateway = await startTestGateway({ supergraphPath: graph.supergraphPath, env: { DRAIN_MS: '500' } });
});
afterEach(() => graph.stop());

test('at stop, subscriptions are completed, sockets closed with 1001, and upstreams freed', async () => {
  const sockets = [gateway.connect(), gateway.connect()];
  const subscriptions = sockets.map((socket, index) =>
    socket.subscribe(`subscription { messageAdded(conversationId: "${index}") { text } }`),
  );
  await eventually(() => graph.topic.opened === 2);
  await gateway.stop();
  await Promise.all(subscriptions.map(({ done }) => done));
  for (const socket of sockets) expect(await socket.closed).toMatchObject({ code: 1001, reason: 'Going away' });
  expect(graph.topic.closed).toBe(2);
});

test('at stop, requests under way are answered, over HTTP and over a socket, and new ones are not', async () => {
  const http = gateway.http.execute('{ late }');
  const socket = gateway.connect();
  const overSocket = socket.subscribe('{ late }');
  await graph.lateAsked;
  await eventually(() => graph.messages.calls.length === 2);
  const stopped = gateway.stop();
  await expect(fetch(`${gateway.url}/health/ready`).then((response) => response.status)).resolves.toBe(503);
  graph.releaseLate();
  expect((await http).data).toEqual({ late: 'came' });
  expect(await overSocket.next()).toEqual({ data: { late: 'came' } });
  await stopped;
  await expect(fetch(`${gateway.url}/health/live`)).rejects.toThrow();
});

test('an operation that does not finish holds the stop up no longer than the drain time', async () => {
  const socket = gateway.connect();
  socket.subscribe('{ slow }');
  await eventually(() => graph.messages.calls.length === 1);
  await gateway.stop();
  expect(await socket.closed).toMatchObject({ code: 1001 });
});

test('stopping twice is harmless', async () => {
  await Promise.all([gateway.stop(), gateway.stop()]);
  await gateway.stop();
});
