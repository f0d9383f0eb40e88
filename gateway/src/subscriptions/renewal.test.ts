import { buildSchema, type FieldNode, type OperationDefinitionNode, parse } from 'graphql';
import { expect, test } from 'vitest';
import type { OperationToPrepare, PreparedSubscription } from '../execution/prepared-operation.ts';
import { createRenewal, type RenewalOptions } from './renewal.ts';
import type { SubscriptionToStart } from './subscription-engine.ts';

const document = parse('subscription S { events { n } }');
const [operation] = document.definitions as [OperationDefinitionNode];
const before = { kind: 'subscription' } as PreparedSubscription;
const after = { kind: 'subscription' } as PreparedSubscription;

const subscription = (own: Partial<SubscriptionToStart> = {}): SubscriptionToStart => ({
  prepared: before,
  operation,
  document,
  variables: {},
  context: { trace: { requestId: 'r', traceparent: '' }, client: { ip: '::1' } },
  key: 'k',
  ...own,
});

function setUp(field: string, options: Partial<RenewalOptions> = {}) {
  const asked: OperationToPrepare[] = [];
  const renew = createRenewal({
    schema: () => buildSchema(`type Query { ok: Int } type Subscription { events: E } type E { ${field}: Int }`),
    catalog: () => ({
      async prepare(toPrepare) {
        asked.push(toPrepare);
        return after;
      },
    }),
    ...options,
  });
  return { renew, asked };
}

test('what the new schema supports is prepared over it, with what was denied', async () => {
  const { renew, asked } = setUp('n');
  const denied = new Set<FieldNode>();
  expect(await renew(subscription({ denied }))).toBe(after);
  expect(asked).toEqual([{ document, operationName: 'S', key: 'k', denied }]);
});

test('what it doesn’t support is not', async () => {
  const { renew, asked } = setUp('m');
  expect([await renew(subscription()), asked]).toEqual([undefined, []]);
});

test('what its viewer may have is decided anew', async () => {
  const denied = new Set<FieldNode>();
  const fewer = setUp('n', { readmit: async () => ({ isAllowed: true, denied, deniedKey: 'd' }) });
  await fewer.renew(subscription());
  expect(fewer.asked).toMatchObject([{ key: 'k:d', denied }]);
  const nothing = setUp('n', { readmit: async () => ({ isAllowed: false, denied, deniedKey: '' }) });
  expect([await nothing.renew(subscription()), nothing.asked]).toEqual([undefined, []]);
});

test('one whose document isn’t known keeps its plan', async () => {
  const { renew } = setUp('m');
  expect(await renew(subscription({ document: undefined }))).toBe(before);
});
