import { createLogger } from '@postbook/service-kit';
import { eventually } from '@postbook/testkit';
import { expect, test } from 'vitest';
import { openRawSocket } from './fixture/raw-socket.ts';
import { startTestGateway } from './fixture/test-gateway.ts';
import { startTestGraph } from './fixture/test-graph.ts';

test('the log has one line for each operation that ended, without its text, variables or token', async () => {
  const lines: string[] = [];
  const log = createLogger({ service: 'gateway', destination: { write: (line) => void lines.push(line) } });
  const graph = await startTestGraph();
  const gateway = await startTestGateway({ supergraphPath: graph.supergraphPath, overrides: { log } });
  await gateway.http
    .as('a-secret-token')
    .execute('query OverHttp($id: ID!) { message(id: $id) { id } }', { id: 's3cret' });
  await gateway.http.execute('{ refused }');
  await gateway.http.execute('{ nothing }');
  const raw = await openRawSocket({ url: gateway.socketUrl });
  await raw.init();
  const query = 'subscription Live($c: ID!) { messageAdded(conversationId: $c) { text } }';
  raw.send({ id: '1', type: 'subscribe', payload: { query, variables: { c: 's3cret' } } });
  await eventually(() => graph.topic.opened === 1);
  raw.send({ id: '3', type: 'subscribe', payload: { query: 'query OverSocket { online }' } });
  await eventually(() => raw.messages.some(({ id, type }) => id === '3' && type === 'complete'));
  raw.send({ id: '1', type: 'complete' }, { id: '2', type: 'subscribe', payload: { query: '{' } });
  await raw.settled();
  await gateway.stop();
  await graph.stop();

  const ended = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'operation ended');
  expect(ended.map(({ kind, operation, outcome }) => ({ kind, operation, outcome }))).toEqual([
    { kind: 'query', operation: 'OverHttp', outcome: 'ok' },
    { kind: 'query', operation: undefined, outcome: 'FORBIDDEN' },
    { kind: 'invalid', operation: undefined, outcome: 'GRAPHQL_VALIDATION_FAILED' },
    { kind: 'query', operation: 'OverSocket', outcome: 'ok' },
    { kind: 'subscription', operation: 'Live', outcome: 'stopped' },
    { kind: 'invalid', operation: undefined, outcome: 'GRAPHQL_PARSE_FAILED' },
  ]);
  for (const line of ended) expect(line).toMatchObject({ ms: expect.any(Number), requestId: expect.any(String) });
  expect(lines.join('')).not.toMatch(/s3cret|a-secret-token|messageAdded/);
});
