import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createIdentitySigner, IDENTITY_HEADER } from '@postbook/service-kit';
import { Agent, request } from 'undici';
import { readAnswer } from '../../src/upstream/subgraph-answer.ts';
import { SECRET } from '../fixture/test-gateway.ts';
import { ADA, callOf, contextOf, startTestUpstream } from '../fixture/test-upstream.ts';

// What a call to a subgraph costs the gateway in CPU: undici's `request` with encoding and decoding, without any limit but
// time, beside all layers of the transport. In turns; `node tests/measure/transport-cost.ts` in gateway/.

const ROUNDS = 9;
const CALLS_A_ROUND = 3_000;
const AT_ONCE = 20;
const entities = Array.from({ length: 20 }, (_, id) => ({
  displayName: `Name of ${id}`,
  avatarUrl: `https://files/${id}`,
}));
const QUERY =
  'query Q__profiles__1($representations: [_Any!]!) { _entities(representations: $representations) { ... on User { displayName avatarUrl } } }';

if (process.argv[2] === 'serve') {
  const answer = JSON.stringify({ data: { _entities: entities } });
  const server = createServer((incoming, response) => {
    incoming.resume();
    incoming.on('end', () => response.setHeader('content-type', 'application/json').end(answer));
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.once('disconnect', () => process.exit(0));
} else {
  await measure();
}

async function measure(): Promise<void> {
  const child = fork(import.meta.filename, ['serve']);
  const [port] = await once(child, 'message');
  const url = `http://127.0.0.1:${port}/graphql`;
  const signer = createIdentitySigner({ secret: SECRET });
  const dispatcher = new Agent({ connections: 256, keepAliveTimeout: 60_000 });
  const upstream = startTestUpstream(url, {}, { signer });
  let id = 0;

  async function plain(): Promise<void> {
    const representations = entities.map(() => ({ __typename: 'User', id: String(id++) }));
    const body = JSON.stringify({ query: QUERY, variables: { representations } });
    const { client, trace } = contextOf(ADA);
    const identity = signer.sign({ audience: 'chats', operationType: 'query', body, viewer: ADA, client });
    const response = await request(url, {
      dispatcher,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json;q=0.9',
        'x-request-id': trace.requestId,
        traceparent: trace.traceparent,
        [IDENTITY_HEADER]: identity,
      },
      body,
      signal: AbortSignal.timeout(10_000),
    });
    readAnswer(JSON.parse(await response.body.text()), { query: QUERY });
  }

  async function layered(): Promise<void> {
    const representations = entities.map(() => `{"__typename":"User","id":"${id++}"}`);
    await upstream.transport.send(callOf({ query: QUERY, representations, context: contextOf(ADA) }));
  }

  async function cpuOf(call: () => Promise<void>): Promise<number> {
    const before = process.cpuUsage();
    let left = CALLS_A_ROUND;
    const work = async () => {
      while (left-- > 0) await call();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const { user, system } = process.cpuUsage(before);
    return (user + system) / CALLS_A_ROUND;
  }

  const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
  await cpuOf(plain);
  await cpuOf(layered);
  const rounds: { plain: number; layered: number }[] = [];
  for (let round = 0; round < ROUNDS; round++)
    rounds.push({ plain: await cpuOf(plain), layered: await cpuOf(layered) });
  const [one, other] = [median(rounds.map((round) => round.plain)), median(rounds.map((round) => round.layered))];
  process.stdout.write(
    `CPU per call: ${one.toFixed(0)} µs by request, ${other.toFixed(0)} µs by the transport, ratio ${(other / one).toFixed(2)}\n`,
  );
  await upstream.stop();
  await dispatcher.destroy();
  child.disconnect();
}
