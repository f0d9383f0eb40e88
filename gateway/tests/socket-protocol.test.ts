import { once } from 'node:events';
import { eventually } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { openRawSocket, type RawSocketOptions, subscribe } from './fixture/raw-socket.ts';
import { startTestGateway, type TestGateway } from './fixture/test-gateway.ts';
import { startTestGraph, type TestGraph } from './fixture/test-graph.ts';

// graphql-transport-ws, rule by rule: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md

let graph: TestGraph;
let gateway: TestGateway;

beforeAll(async () => {
  graph = await startTestGraph();
  gateway = await startTestGateway({
    supergraphPath: graph.supergraphPath,
    env: { MAX_SOCKET_OPERATIONS: '2', MAX_BODY_BYTES: '2000', SOCKET_INIT_TIMEOUT_MS: '200' },
  });
});
afterAll(async () => {
  await gateway.stop();
  await graph.stop();
});

const TICKS = 'subscription { ticks }';
const ADDED = 'subscription ($c: ID!) { messageAdded(conversationId: $c) { text } }';
const ONLINE = '{ online }';

const open = (options: Partial<RawSocketOptions> = {}) => openRawSocket({ url: gateway.socketUrl, ...options });

async function openReady() {
  const raw = await open();
  await raw.init();
  return raw;
}

/** Opens a subscription and waits until it listens. */
async function listen(raw: Awaited<ReturnType<typeof open>>, id: string, c: string) {
  const before = graph.topic.opened;
  raw.send(subscribe(id, ADDED, { c }));
  await eventually(() => graph.topic.opened > before);
}

const added = (id: string, text: string) => ({ id, type: 'next', payload: { data: { messageAdded: { text } } } });

describe('4400, a message that is none of the protocol', () => {
  test.each<[string, string]>([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['no type', '{"id":"1"}'],
    ['a type that is no text', '{"type":1}'],
    ['an unknown type', '{"type":"start"}'],
    ['a message that only servers send: next', '{"id":"1","type":"next","payload":{}}'],
    ['a message that only servers send: error', '{"id":"1","type":"error","payload":[{"message":"no"}]}'],
    ['a message that only servers send: connection_ack', '{"type":"connection_ack"}'],
    ['connection_init with a payload that is no object', '{"type":"connection_init","payload":"x"}'],
    ['ping with a payload that is no object', '{"type":"ping","payload":1}'],
    ['pong with a payload that is no object', '{"type":"pong","payload":[]}'],
    ['subscribe without an id', JSON.stringify({ type: 'subscribe', payload: { query: ONLINE } })],
    ['subscribe with an empty id', JSON.stringify(subscribe('', ONLINE))],
    ['subscribe with an id that is no text', JSON.stringify({ ...subscribe('', ONLINE), id: 1 })],
    ['subscribe without a payload', '{"id":"1","type":"subscribe"}'],
    ['subscribe without a query', '{"id":"1","type":"subscribe","payload":{}}'],
    ['subscribe with a query that is no text', '{"id":"1","type":"subscribe","payload":{"query":{}}}'],
    [
      'subscribe with variables that are no object',
      '{"id":"1","type":"subscribe","payload":{"query":"","variables":[]}}',
    ],
    ['complete without an id', '{"type":"complete"}'],
  ])('%s', async (_, text) => {
    const raw = await openReady();
    raw.send(text);
    expect(await raw.closed).toEqual({ code: 4400, reason: 'Invalid message received' });
  });

  test('a binary frame', async () => {
    const raw = await open();
    raw.socket.send(Buffer.from('{"type":"connection_init"}'), { binary: true });
    expect(await raw.closed).toMatchObject({ code: 4400 });
  });
});

describe('the handshake', () => {
  test('is acknowledged, without a payload for somebody who did not log in', async () => {
    const raw = await open();
    raw.send({ type: 'connection_init' });
    expect(await raw.next()).toEqual({ type: 'connection_ack' });
    raw.socket.terminate();
  });

  test('4401: an operation before connection_init', async () => {
    const raw = await open();
    raw.send(subscribe('1', TICKS));
    expect(await raw.closed).toEqual({ code: 4401, reason: 'Unauthorized' });
  });

  test('4401: an operation before connection_ack', async () => {
    const raw = await open();
    raw.send({ type: 'connection_init' }, subscribe('1', TICKS));
    expect(await raw.closed).toEqual({ code: 4401, reason: 'Unauthorized' });
  });

  test('4406: no subprotocol', async () => {
    const raw = await open({ protocol: undefined });
    expect(await raw.closed).toEqual({ code: 4406, reason: 'Subprotocol not acceptable' });
  });

  test('another subprotocol is not accepted, and its client closes', async () => {
    const [error] = await once(new WebSocket(gateway.socketUrl, 'graphql-ws'), 'error');
    expect(String(error)).toMatch(/subprotocol/i);
  });

  test('4408: no connection_init in time', async () => {
    expect(await (await open()).closed).toEqual({ code: 4408, reason: 'Connection initialisation timeout' });
  });

  test('a ping does not put the time off', async () => {
    const raw = await open();
    raw.send({ type: 'ping' });
    expect(await raw.next()).toEqual({ type: 'pong' });
    expect(await raw.closed).toMatchObject({ code: 4408 });
  });

  test('4429: a second connection_init, before or after the first is acknowledged', async () => {
    const [early, late] = [await open(), await openReady()];
    early.send({ type: 'connection_init' }, { type: 'connection_init' });
    late.send({ type: 'connection_init' });
    const expected = { code: 4429, reason: 'Too many initialisation requests' };
    expect([await early.closed, await late.closed]).toEqual([expected, expected]);
  });
});

describe('ids', () => {
  test('4409: an id that is in use', async () => {
    const raw = await openReady();
    raw.send(subscribe('one', TICKS), subscribe('one', TICKS));
    expect(await raw.closed).toEqual({ code: 4409, reason: 'Subscriber for one already exists' });
  });

  test('4409 with a reason that fits, however long the id', async () => {
    const raw = await openReady();
    raw.send(subscribe('é'.repeat(200), TICKS), subscribe('é'.repeat(200), TICKS));
    expect(await raw.closed).toEqual({ code: 4409, reason: 'Subscriber already exists' });
  });

  test('may be used again once the operation is complete', async () => {
    const raw = await openReady();
    for (let round = 0; round < 3; round++) {
      raw.send(subscribe('1', ONLINE));
      expect(await raw.next()).toEqual({ id: '1', type: 'next', payload: { data: { online: 3 } } });
      expect(await raw.next()).toEqual({ id: '1', type: 'complete' });
    }
    raw.socket.terminate();
  });

  test('may be used again as soon as the client completed it: only the newer operation is answered', async () => {
    const raw = await openReady();
    raw.send(subscribe('1', '{ messages { id } }'), { id: '1', type: 'complete' }, subscribe('1', ONLINE));
    expect(await raw.next()).toEqual({ id: '1', type: 'next', payload: { data: { online: 3 } } });
    expect(await raw.next()).toEqual({ id: '1', type: 'complete' });
    await raw.settled();
    expect(raw.messages.filter(({ id }) => id === '1')).toHaveLength(2);
    raw.socket.terminate();
  });

  test.each(['"', '\\', 'a"b\n\u2028', '🙂', '__proto__', 'constructor', 'x'.repeat(500)])(
    'any text is one: %j',
    async (id) => {
      const raw = await openReady();
      await listen(raw, id, 'ids');
      graph.publish('ids', 'hello');
      expect(await raw.next()).toEqual(added(id, 'hello'));
      raw.send({ id, type: 'complete' });
      await raw.settled();
      raw.socket.terminate();
    },
  );
});

describe('ping and pong', () => {
  test('a ping is answered with its payload', async () => {
    const raw = await openReady();
    raw.send({ type: 'ping', payload: { at: 1, nested: ['ü'] } }, { type: 'ping' });
    expect(await raw.next()).toEqual({ type: 'pong', payload: { at: 1, nested: ['ü'] } });
    expect(await raw.next()).toEqual({ type: 'pong' });
    raw.socket.terminate();
  });

  test('a pong that nobody asked for is no mistake', async () => {
    const raw = await openReady();
    raw.send({ type: 'pong' }, { type: 'pong', payload: { any: 'thing' } });
    await raw.settled();
    raw.socket.terminate();
  });

  test('the gateway pings with frames of the WebSocket itself', async () => {
    const quick = await startTestGateway({
      supergraphPath: graph.supergraphPath,
      env: { SOCKET_PING_INTERVAL_MS: '50' },
    });
    const raw = await openRawSocket({ url: quick.socketUrl });
    await once(raw.socket, 'ping');
    raw.socket.terminate();
    await quick.stop();
  });
});

describe('operations', () => {
  test('a mistake ends the operation and not the socket', async () => {
    const raw = await openReady();
    const mistakes: [string, string][] = [
      ['subscription {', 'GRAPHQL_PARSE_FAILED'],
      ['', 'BAD_REQUEST'],
      ['subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
      [ADDED, 'BAD_USER_INPUT'],
    ];
    for (const [query, code] of mistakes) {
      raw.send(subscribe('1', query));
      const { id, type, payload } = await raw.next();
      expect({ id, type }).toEqual({ id: '1', type: 'error' });
      expect(payload).toMatchObject([{ extensions: { code } }]);
    }
    raw.send(subscribe('1', ONLINE));
    expect(await raw.next()).toMatchObject({ type: 'next' });
    raw.socket.terminate();
  });

  test('an operationName picks one, and a wrong one is an error of the operation', async () => {
    const raw = await openReady();
    const query = 'query A { online } query B { me { id } }';
    raw.send({ id: '1', type: 'subscribe', payload: { query, operationName: 'A' } });
    expect(await raw.next()).toEqual({ id: '1', type: 'next', payload: { data: { online: 3 } } });
    expect(await raw.next()).toEqual({ id: '1', type: 'complete' });
    raw.send({ id: '2', type: 'subscribe', payload: { query, operationName: 'C' } });
    expect(await raw.next()).toMatchObject({
      id: '2',
      type: 'error',
      payload: [{ extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } }],
    });
    raw.socket.terminate();
  });

  test('one too many is refused, and the others go on', async () => {
    const raw = await openReady();
    await listen(raw, '1', 'many');
    await listen(raw, '2', 'more');
    raw.send(subscribe('3', ONLINE));
    expect(await raw.next()).toMatchObject({
      id: '3',
      type: 'error',
      payload: [{ extensions: { code: 'OPERATION_LIMIT_EXCEEDED', limit: 'operations per socket' } }],
    });
    graph.publish('many', 'both');
    graph.publish('more', 'both');
    expect([await raw.next(), await raw.next()]).toEqual([added('1', 'both'), added('2', 'both')]);
    raw.socket.terminate();
  });

  test('complete for an unknown id is ignored', async () => {
    const raw = await openReady();
    raw.send({ id: 'never', type: 'complete' }, { id: 'never', type: 'complete' });
    await raw.settled();
    raw.socket.terminate();
  });

  test('nothing is sent for an operation after the client completed it', async () => {
    const raw = await openReady();
    await listen(raw, '1', 'late');
    const { closed } = graph.topic;
    raw.send({ id: '1', type: 'complete' }, { type: 'ping' });
    // Events that come while the completion is on its way may still be sent, none that come after it was handled.
    while ((await raw.next()).type !== 'pong');
    const before = raw.messages.length;
    graph.publish('late', 'too late');
    await eventually(() => graph.topic.closed > closed);
    await raw.settled();
    expect(raw.messages.slice(before).filter(({ id }) => id === '1')).toEqual([]);
    raw.socket.terminate();
  });

  test('an operation that is completed while it is being started is not started, or ended at once', async () => {
    const raw = await openReady();
    const { opened, closed } = graph.topic;
    raw.send(subscribe('1', ADDED, { c: 'race' }), { id: '1', type: 'complete' });
    await raw.settled();
    await eventually(() => graph.topic.opened - opened === graph.topic.closed - closed);
    graph.publish('race', 'nobody');
    await raw.settled();
    expect(raw.messages.filter(({ id }) => id === '1')).toEqual([]);
    raw.socket.terminate();
  });

  test('events of several subscriptions keep their order, whatever their size', async () => {
    const raw = await openReady();
    await listen(raw, 'a', 'sizes');
    await listen(raw, 'b', 'other sizes');
    const texts = [1, 60, 125, 126, 200, 8_000, 20_000, 65_400, 65_536, 200_000, 3].map((size) => 'ü'.repeat(size));
    for (const text of texts) for (const to of ['sizes', 'other sizes']) graph.publish(to, text);
    await eventually(() => raw.messages.filter(({ type }) => type === 'next').length === 2 * texts.length);
    for (const id of ['a', 'b']) {
      expect(raw.messages.filter((message) => message.id === id)).toEqual(texts.map((text) => added(id, text)));
    }
    raw.socket.terminate();
  });
});

test('1009: a message larger than a request body may be', async () => {
  const raw = await openReady();
  raw.send(' '.repeat(3_000));
  expect(await raw.closed).toMatchObject({ code: 1009 });
});

test('1012: a socket has a longest life, and its client may come back', async () => {
  const brief = await startTestGateway({
    supergraphPath: graph.supergraphPath,
    env: { MAX_CONNECTION_LIFE_MS: '200' },
  });
  const raw = await openRawSocket({ url: brief.socketUrl });
  await raw.init();
  const { closed } = graph.topic;
  await listen(raw, '1', 'life');
  expect(await raw.closed).toEqual({ code: 1012, reason: 'Maximum life reached' });
  await eventually(() => graph.topic.closed > closed);
  await brief.stop();
});
