import { startTraceReceiver, type TraceReceiver, testStores, uniqueName } from '@postbook/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SubgraphProcess, startSubgraphProcess } from './fixture/subgraph-process.ts';
import { startTestGateway } from './fixture/test-gateway.ts';
import { startTestTokens, type TestTokens } from './fixture/test-tokens.ts';

let receiver: TraceReceiver;
let tokens: TestTokens;
let subgraph: SubgraphProcess;
const redisNamespace = uniqueName('tracing').toLowerCase();

beforeAll(async () => {
  receiver = await startTraceReceiver();
  tokens = await startTestTokens();
  subgraph = await startSubgraphProcess({
    REDIS_NAMESPACE: redisNamespace,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
  });
});
afterAll(async () => {
  await subgraph.stop();
  await tokens.stop();
  await receiver.stop();
});

test('gateway, subgraph and store are one trace, in the order of their calls, without personal data', async () => {
  const auth = { jwksUrl: tokens.jwksUrl, redisUrl: testStores().redisUrl, redisNamespace };
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint };
  const gateway = await startTestGateway({ supergraphPath: subgraph.supergraphPath, auth, env });
  const userId = '018f0000-0000-7000-8000-00000000000a';
  const token = await tokens.issue({ userId });
  const traceId = 'c'.repeat(32);
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      traceparent: `00-${traceId}-${'d'.repeat(16)}-01`,
    },
    body: JSON.stringify({ query: 'query Presence { online }' }),
  });
  expect(await response.json()).toEqual({ data: { online: 3 } });

  // Both send the rest of their spans when they stop.
  await gateway.stop();
  await subgraph.end();
  const ours = receiver.spans.filter((span) => span.traceId === traceId);
  const bySpanId = new Map(ours.map((span) => [span.spanId, span]));
  const pathOf = (spanId: string | undefined): string[] => {
    const span = bySpanId.get(spanId ?? '');
    return span ? [...pathOf(span.parentSpanId), `${span.service}: ${span.name}`] : [];
  };
  const get = ours.find(({ service, name }) => service === 'presence' && name === 'GET');
  expect(pathOf(get?.spanId)).toEqual([
    'gateway: query Presence',
    'gateway: subgraph presence',
    'presence: query Presence__presence__0',
    'presence: GET',
  ]);
  expect(receiver.text).not.toMatch(new RegExp(`${userId}|127\\.0\\.0\\.1|Bearer|__typename`));
});
