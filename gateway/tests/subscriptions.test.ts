import { eventually } from '@postbook/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from './fixture/test-gateway.ts';
import { startTestGraph, type TestGraph } from './fixture/test-graph.ts';

let graph: TestGraph;
let gateway: TestGateway;

beforeAll(async () => {
  graph = await startTestGraph();
  gateway = await startTestGateway({ supergraphPath: graph.supergraphPath, env: { MAX_QUEUED_EVENTS: '5' } });
});
afterAll(async () => {
  await gateway.stop();
  await graph.stop();
});

const ADDED = 'subscription ($c: ID!) { messageAdded(conversationId: $c) { text sender { id nickname } } }';

/** Subscribes and waits until the subgraph has it: an event published before would be lost. */
async function subscribe(query: string, variables: Record<string, unknown>) {
  const before = graph.topic.opened;
  const socket = gateway.connect();
  const subscription = socket.subscribe(query, variables);
  await eventually(() => graph.topic.opened > before);
  return { socket, subscription };
}

test('an event is joined with other subgraphs through fragments, aliases, variables and @include', async () => {
  const query = `subscription M($c: ID!, $withStatus: Boolean = true) {
      m: messageAdded(conversationId: $c) { body: text ...People }
    }
    fragment People on Message { sender { id name: displayName ... on User { status @include(if: $withStatus) } } }`;
  const one = await subscribe(query, { c: 'join' });
  const two = await subscribe(query, { c: 'join', withStatus: false });
  graph.publish('join', 'hello', 'ada');
  expect(await one.subscription.next()).toEqual({
    data: { m: { body: 'hello', sender: { id: 'ada', name: 'Name of ada', status: 'online' } } },
  });
  expect(await two.subscription.next()).toEqual({
    data: { m: { body: 'hello', sender: { id: 'ada', name: 'Name of ada' } } },
  });
  await Promise.all([one.socket.close(), two.socket.close()]);
});

test('events come in order, and only those of the conversation that was asked for', async () => {
  const { socket, subscription } = await subscribe(ADDED, { c: 'order' });
  graph.publish('another', 'not for us');
  for (const text of ['1', '2', '3', '4']) graph.publish('order', text);
  const texts = [];
  for (let i = 0; i < 4; i++) {
    const { data } = await subscription.next();
    texts.push((data as { messageAdded: { text: string } }).messageAdded.text);
  }
  expect(texts).toEqual(['1', '2', '3', '4']);
  await socket.close();
});

test('an entity that fails is an error of its event at the client path, and the next event is whole again', async () => {
  const { socket, subscription } = await subscribe(
    'subscription { messageAdded(conversationId: "e") { text readers { id nickname } } }',
    {},
  );
  graph.publish('e', 'bad', 'ada', ['bob', 'ghost']);
  expect(await subscription.next()).toEqual({
    data: {
      messageAdded: {
        text: 'bad',
        readers: [
          { id: 'bob', nickname: null },
          { id: 'ghost', nickname: null },
        ],
      },
    },
    errors: [
      {
        message: 'No such profile.',
        path: ['messageAdded', 'readers', 1, 'nickname'],
        extensions: { code: 'NOT_FOUND', service: 'profiles' },
      },
    ],
  });
  graph.publish('e', 'good', 'ada', ['bob']);
  expect((await subscription.next()).errors).toBeUndefined();
  await socket.close();
});

test('a subgraph that is away while an event is joined leaves the rest of the event', async () => {
  const { socket, subscription } = await subscribe(
    'subscription { messageAdded(conversationId: "p") { text sender { status } } }',
    {},
  );
  await graph.presence.kill();
  graph.publish('p', 'half');
  expect(await subscription.next()).toEqual({
    data: { messageAdded: { text: 'half', sender: { status: null } } },
    errors: [
      {
        message: 'The service "presence" does not answer at the moment. Try again in a few seconds.',
        path: ['messageAdded', 'sender', 'status'],
        extensions: { code: 'SUBGRAPH_UNAVAILABLE', service: 'presence', reason: 'CONNECTION' },
      },
    ],
  });
  await graph.presence.start();
  graph.publish('p', 'whole');
  const whole = await subscription.next();
  expect(whole).toEqual({ data: { messageAdded: { text: 'whole', sender: { status: 'online' } } } });
  await socket.close();
});

test('a subscription that its subgraph refuses ends with the code of the subgraph', async () => {
  const socket = gateway.connect();
  const subscription = socket.subscribe(ADDED, { c: 'secret' });
  expect(await subscription.next()).toEqual({
    data: null,
    errors: [
      {
        message: 'You are not a member.',
        path: ['messageAdded'],
        extensions: { code: 'FORBIDDEN', service: 'messages' },
      },
    ],
  });
  await subscription.done;
  await socket.close();
});

test('an invalid operation is an error of that operation, and the socket goes on', async () => {
  const { socket, subscription } = await subscribe(ADDED, { c: 'sound' });
  const codes = async (query: string, variables = {}) =>
    socket.subscribe(query, variables).done.then(
      () => 'completed',
      (errors) => errors[0].extensions.code,
    );
  expect(await codes('subscription { nothing }')).toBe('GRAPHQL_VALIDATION_FAILED');
  expect(await codes('subscription { messageAdded(')).toBe('GRAPHQL_PARSE_FAILED');
  expect(await codes(ADDED, {})).toBe('BAD_USER_INPUT');
  expect(await codes('fragment F on Message { id }')).toBe('GRAPHQL_VALIDATION_FAILED');
  expect(await codes('{ nothing }')).toBe('GRAPHQL_VALIDATION_FAILED');
  expect(await codes('query A { online } query B { online }')).toBe('OPERATION_RESOLUTION_FAILURE');
  graph.publish('sound', 'still here');
  expect((await subscription.next()).data).toMatchObject({ messageAdded: { text: 'still here' } });
  await socket.close();
});

test('queries and mutations are answered over the socket as over HTTP', async () => {
  const socket = gateway.connect();
  expect(await socket.subscribe('{ online }').next()).toEqual({ data: { online: 3 } });
  const refused = await socket.subscribe('{ refused }').next();
  expect(refused.errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN', service: 'messages' });
  await socket.close();
});

test('unsubscribing frees the upstream, also on a quiet subscription', async () => {
  const { socket, subscription } = await subscribe(ADDED, { c: 'quiet' });
  const { closed } = graph.topic;
  subscription.stop();
  await eventually(() => graph.topic.closed === closed + 1);
  await socket.close();
});

test('a client that disappears frees its upstreams', async () => {
  const { socket } = await subscribe(ADDED, { c: 'gone' });
  const { closed } = graph.topic;
  socket.terminate();
  await eventually(() => graph.topic.closed === closed + 1);
  await eventually(async () => (await gateway.metric('gateway_subscriptions')) === 0);
});

test('a client that is slower than its events is told so, and its upstream is freed', async () => {
  const { socket, subscription } = await subscribe(ADDED, { c: 'flood' });
  const { closed } = graph.topic;
  for (let i = 0; i < 200; i++) graph.publish('flood', String(i));
  const last = await subscription.nextWhere(({ errors }) => errors !== undefined);
  expect(last).toMatchObject({ data: null, errors: [{ extensions: { code: 'SUBSCRIBER_TOO_SLOW' } }] });
  await subscription.done;
  await eventually(() => graph.topic.closed === closed + 1);
  await socket.close();
});

test('a subgraph that dies ends its subscriptions with its name, and subscribing again works once it is back', async () => {
  const { socket, subscription } = await subscribe(ADDED, { c: 'death' });
  await graph.messages.kill();
  const unavailable = {
    data: null,
    errors: [
      {
        message: 'The service "messages" does not answer at the moment. Try again in a few seconds.',
        extensions: { code: 'SUBGRAPH_UNAVAILABLE', service: 'messages' },
      },
    ],
  };
  expect(await subscription.next()).toEqual(unavailable);
  await subscription.done;
  const tooEarly = socket.subscribe(ADDED, { c: 'death' });
  expect(await tooEarly.next()).toEqual(unavailable);
  await tooEarly.done;
  await graph.messages.start();
  const again = await subscribe(ADDED, { c: 'death' });
  graph.publish('death', 'alive');
  expect((await again.subscription.next()).data).toMatchObject({ messageAdded: { text: 'alive' } });
  await Promise.all([socket.close(), again.socket.close()]);
});
