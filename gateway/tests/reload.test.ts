import { createLogger } from '@postbook/service-kit';
import { eventually } from '@postbook/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from './fixture/test-gateway.ts';
import { startTestGraph, type TestGraph } from './fixture/test-graph.ts';

let graph: TestGraph;
let gateway: TestGateway;
const lines: string[] = [];

beforeAll(async () => {
  graph = await startTestGraph();
  const log = createLogger({ service: 'gateway', destination: { write: (line) => lines.push(line) } });
  gateway = await startTestGateway({ supergraphPath: graph.supergraphPath, overrides: { log } });
});
afterAll(async () => {
  await gateway.stop();
  await graph.stop();
});

const hasField = async (name: string) => {
  const { data } = await gateway.http.execute<{ __type: { fields: { name: string }[] } }>(
    '{ __type(name: "User") { fields { name } } }',
  );
  return data?.__type.fields.some((field) => field.name === name);
};

test('a changed supergraph is in force without a restart, and a running subscription goes on', async () => {
  const socket = gateway.connect();
  const subscription = socket.subscribe(
    'subscription { messageAdded(conversationId: "r") { text sender { displayName } } }',
  );
  await eventually(() => graph.topic.opened === 1);

  await graph.replaceSupergraph(graph.composeWith('nickname: String motto: String'));
  await eventually(() => hasField('motto'));

  graph.publish('r', 'still here');
  expect(await subscription.next()).toEqual({
    data: { messageAdded: { text: 'still here', sender: { displayName: 'Name of ada' } } },
  });
  await socket.close();
});

test.each([
  ['does not parse', () => 'type Query { nonsense'],
  ['is no supergraph', () => 'type Query { online: Int }'],
  ['has lost its list of subgraphs', () => graph.composeWith('nickname: String').replace('enum join__Graph', 'enum L')],
])('a supergraph that %s is refused, the one before stays, and the next good one is taken', async (_, broken) => {
  const logged = lines.length;
  await graph.replaceSupergraph(broken());
  await eventually(() => lines.slice(logged).some((line) => line.includes('is not usable')));
  expect((await gateway.http.execute('{ online }')).data).toEqual({ online: 3 });
  const field = `hobby${logged}`;
  await graph.replaceSupergraph(graph.composeWith(`nickname: String ${field}: String`));
  await eventually(() => hasField(field));
});
