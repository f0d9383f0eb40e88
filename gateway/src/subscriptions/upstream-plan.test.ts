import { readFileSync } from 'node:fs';
import { buildSchema, parse, print } from 'graphql';
import { describe, expect, test } from 'vitest';
import { planUpstream } from './upstream-plan.ts';

const supergraph = buildSchema(
  `
  enum join__Graph { CHATS @join__graph(name: "chats", url: "") OTHERS @join__graph(name: "others", url: "") }
  type Query @join__type(graph: CHATS) { ok: Boolean }
  type Subscription @join__type(graph: CHATS) @join__type(graph: OTHERS) {
    events(id: ID!, after: String): Event! @join__field(graph: CHATS)
    choice(after: String): Choice! @join__field(graph: CHATS)
    halfChoice(after: String): HalfChoice! @join__field(graph: CHATS)
    bare(id: ID!): Event! @join__field(graph: CHATS)
    list(after: String): [Event!]! @join__field(graph: CHATS)
    foreign(after: String): Foreign! @join__field(graph: CHATS)
    thing(after: String): Thing! @join__field(graph: CHATS)
  }
  interface Event @join__type(graph: CHATS) { cursor: String! n: Int!  }
  type One implements Event @join__type(graph: CHATS) { cursor: String! n: Int! items(after: String): Int }
  type Two @join__type(graph: CHATS) { cursor: String! }
  type Three @join__type(graph: CHATS) { n: Int }
  union Choice = One | Two
  union HalfChoice = One | Three
  type Foreign @join__type(graph: CHATS, key: "id") @join__type(graph: OTHERS, key: "id") {
    id: ID!
    cursor: String @join__field(graph: OTHERS)
  }
  type Thing @join__type(graph: CHATS, key: "id") @join__type(graph: OTHERS, key: "id") {
    id: ID!
    cursor: String @join__field(graph: OTHERS) @join__field(graph: CHATS, external: true)
  }
  `,
  { assumeValid: true, assumeValidSDL: true },
);

const plan = (query: string, variableUsages: string[] = []) =>
  planUpstream(supergraph, { serviceName: 'chats', query, operationName: undefined, variableUsages });

/** Compares documents, not their layout. */
const document = (query: string) => print(parse(query));

describe('a subscription with an argument `after` and a payload with a `cursor`', () => {
  test('is sent with the cursor as a variable of the gateway’s, and brings the cursor of every event', () => {
    const { query, variablesFor, isResumable, cursorVariable, variableUsages } = plan(
      'subscription S($id: ID!, $from: String) { e: events(id: $id, after: $from) { n } }',
      ['id', 'from'],
    );
    expect(query).toBe(
      document(
        'subscription S($id: ID!, $__after: String) { e: events(id: $id, after: $__after) { __cursor: cursor n } }',
      ),
    );
    expect([isResumable, cursorVariable, variableUsages]).toEqual([true, 'from', ['id']]);
    expect(variablesFor({ id: '1', from: 'c' }, undefined)).toEqual({ id: '1', __after: 'c' });
    expect(variablesFor({ id: '1', from: 'c' }, 'd')).toEqual({ id: '1', __after: 'd' });
    expect(variablesFor({ id: '1' }, undefined)).toEqual({ id: '1' });
  });

  test('takes its first cursor from a literal too', () => {
    const { variablesFor, startOf } = plan('subscription { events(id: 1, after: "c") { n } }');
    expect([startOf({}), variablesFor({}, undefined), variablesFor({}, 'd')]).toEqual([
      'c',
      { __after: 'c' },
      { __after: 'd' },
    ]);
  });

  test('keeps a variable that is used for something else besides', () => {
    const { query, cursorVariable, variablesFor } = plan(
      'subscription ($a: String) { events(id: 1, after: $a) { ... on One { items(after: $a) } } }',
      ['a'],
    );
    expect(query).toContain('items(after: $a)');
    expect(cursorVariable).toBeUndefined();
    expect(variablesFor({ a: 'c' }, 'd')).toEqual({ a: 'c', __after: 'd' });
  });

  test('gives the cursor of an event away and leaves nothing of it in the event', () => {
    const { takeCursor } = plan('subscription { e: events(id: 1) { n } }');
    const event = { data: { e: { __cursor: 'c', n: 1 } } };
    expect([takeCursor(event), event]).toEqual(['c', { data: { e: { n: 1 } } }]);
    expect(takeCursor({ data: null })).toBeUndefined();
    expect(takeCursor({ data: { e: null } })).toBeUndefined();
  });

  test('may have a union as payload, when all of its members have a cursor', () => {
    expect(plan('subscription { choice { __typename } }').query).toBe(
      document(
        'subscription ($__after: String) { choice(after: $__after) { ... on One { __cursor: cursor } ... on Two { __cursor: cursor } __typename } }',
      ),
    );
    expect(plan('subscription { halfChoice { __typename } }').isResumable).toBe(false);
  });
});

test.each([
  ['has no argument `after`', 'subscription { bare(id: 1) { n } }'],
  ['gives lists', 'subscription { list { n } }'],
  ['has its cursor in another subgraph', 'subscription { foreign { id } }'],
  ['has its cursor from another subgraph', 'subscription { thing { id } }'],
])('a subscription that %s is sent as it was planned and can’t be resumed', (_why, query) => {
  const made = plan(query, ['id']);
  expect([made.query, made.isResumable, made.variablesFor({ id: 1, x: 2 }, 'c')]).toEqual([query, false, { id: 1 }]);
});

test.each([
  ['chats', 'conversationEvents(conversationId: "1") { conversationId }', true],
  ['posts', 'commentAdded(postId: "1") { __typename }', true],
  ['notifications', 'notificationReceived { notificationId }', true],
  ['media', 'mediaStatusChanged(mediaId: "1") { id }', false],
])('of our own graph, the subscription of %s', (serviceName, root, isResumable) => {
  const ours = buildSchema(readFileSync(`${import.meta.dirname}/../../../schema/supergraph.graphql`, 'utf8'), {
    assumeValid: true,
    assumeValidSDL: true,
  });
  const primary = { serviceName, query: `subscription { ${root} }`, operationName: undefined, variableUsages: [] };
  expect(planUpstream(ours, primary).isResumable).toBe(isResumable);
});
