import { silentLogger } from '@postbook/service-kit';
import { type OperationDefinitionNode, parse, printSchema } from 'graphql';
import { Registry } from 'prom-client';
import { describe, expect, it, test } from 'vitest';
import { loadConfig } from '../src/config.ts';
import type { GatewayContext } from '../src/context.ts';
import { createAccessGate } from '../src/policy/access-gate.ts';
import { readAccessRequirements } from '../src/policy/access-requirements.ts';
import { createOperationGate } from '../src/policy/create-operation-gate.ts';
import { withoutSecurityLinks } from '../src/policy/security-links.ts';
import { createGatewayMetrics } from '../src/telemetry/gateway-metrics.ts';
import { apiSchemaOf, asComposedBefore, composeGraph, createTestGate, viewerWith } from './fixture/gated-graph.ts';

const supergraphSdl = composeGraph({
  accounts: `
    scalar Secret @authenticated
    enum Mood @requiresScopes(scopes: [["mood"]]) { GOOD BAD }
    type Query {
      me: User @authenticated
      user: User
      post: Post
      posts: [Post!]!
      either: Either
      staff: Staff
      locked: Locked
      hello: String
    }
    type Mutation { say(text: String): String @authenticated pay: String @requiresScopes(scopes: [["pay"], ["admin", "pay:any"]]) }
    type Subscription { said: String @requiresScopes(scopes: [["listen"]]) heard: User }
    type User @key(fields: "id") {
      id: ID!
      name: String
      email: String @requiresScopes(scopes: [["email"]])
      card: String @policy(policies: [["card", "fresh"], ["admin"]])
      secret: Secret
      mood: Mood
      friends: [User!]
      note: String @authenticated
    }
    type Staff @policy(policies: [["moderator"]]) { id: ID! pay: Int @requiresScopes(scopes: [["pay"]]) }
    interface Post { id: ID! title: String author: User }
    type PublicPost implements Post { id: ID! title: String author: User }
    type PrivatePost implements Post @authenticated { id: ID! title: String author: User }
    type PricedPost implements Post { id: ID! title: String @requiresScopes(scopes: [["title"]]) author: User }
    union Either = PublicPost | PrivatePost
    interface Locked { id: ID! }
    type LockedOne implements Locked @authenticated { id: ID! }
    type LockedTwo implements Locked @requiresScopes(scopes: [["two"]]) { id: ID! }
  `,
  notes: `
    type User @key(fields: "id") { id: ID! note: String @external summary: String @requires(fields: "note") @authenticated }
  `,
});
const gate = createTestGate({ supergraphSdl });
const denied = async (source: string, viewer = undefined as ReturnType<typeof viewerWith> | undefined) =>
  (await gate.ask(source, { viewer })).deniedPaths;

describe('@authenticated', () => {
  it('lets the anonymous ask for what is open, and denies the rest', async () => {
    expect(await denied('{ hello user { id name } }')).toEqual([]);
    expect(await denied('{ hello me { name } }')).toEqual(['me']);
    expect(await denied('{ me { name } }', viewerWith())).toEqual([]);
  });

  it('holds for fields of a scalar and of a type that carry it', async () => {
    expect(await denied('{ user { secret } }')).toEqual(['user.secret']);
    expect(await denied('{ user { secret note summary } }', viewerWith())).toEqual([]);
  });

  it('holds for mutations and subscriptions', async () => {
    expect(await denied('mutation { say(text: "a") }')).toEqual(['say']);
    expect(await denied('subscription { said }', viewerWith())).toEqual(['said']);
    expect(await denied('subscription { said }', viewerWith(['listen']))).toEqual([]);
    expect(await denied('subscription { heard { email } }', viewerWith(['listen']))).toEqual(['heard.email']);
  });
});

describe('@requiresScopes', () => {
  it('wants all scopes of one of its alternatives', async () => {
    const pay = 'mutation { pay }';
    expect(await denied(pay, viewerWith())).toEqual(['pay']);
    expect(await denied(pay, viewerWith(['pay']))).toEqual([]);
    expect(await denied(pay, viewerWith(['admin']))).toEqual(['pay']);
    expect(await denied(pay, viewerWith(['pay:any', 'admin']))).toEqual([]);
  });

  it('holds for fields of an enum that carries it', async () => {
    expect(await denied('{ user { mood } }', viewerWith())).toEqual(['user.mood']);
    expect(await denied('{ user { mood } }', viewerWith(['mood']))).toEqual([]);
  });

  it('is not met by a scope that only begins alike', async () => {
    expect(await denied('{ user { email } }', viewerWith(['email:read', 'e', 'EMAIL', 'email ']))).toEqual([
      'user.email',
    ]);
  });
});

describe('@policy', () => {
  const source = '{ user { card } }';

  it('is decided by the evaluators of those names, all of one alternative', async () => {
    const ask = async (held: readonly string[], role: 'User' | 'Admin' = 'User') => {
      const evaluators = Object.fromEntries(['card', 'fresh'].map((name) => [name, () => held.includes(name)]));
      const asked = createTestGate({ supergraphSdl, policies: evaluators });
      return (await asked.ask(source, { viewer: viewerWith([], role) })).deniedPaths;
    };
    expect(await ask([])).toEqual(['user.card']);
    expect(await ask(['card'])).toEqual(['user.card']);
    expect(await ask(['card', 'fresh'])).toEqual([]);
    expect(await ask([], 'Admin')).toEqual([]);
  });

  it('denies what nobody evaluates, and what names a part of every object', async () => {
    expect(await denied(source, viewerWith())).toEqual(['user.card']);
    const inherited = composeGraph({
      a: 'type Query { open: Int a: Int @policy(policies: [["toString"], ["constructor"]]) }',
    });
    expect(
      (await createTestGate({ supergraphSdl: inherited }).ask('{ a }', { viewer: viewerWith() })).deniedPaths,
    ).toEqual(['a']);
  });

  it('denies when the evaluator fails', async () => {
    const failing = createTestGate({
      supergraphSdl,
      policies: { card: () => Promise.reject(new Error('away')), fresh: () => true },
    });
    expect((await failing.ask(source, { viewer: viewerWith() })).deniedPaths).toEqual(['user.card']);
  });

  it('holds together with what the fields of the type demand', async () => {
    const pay = '{ staff { id pay } }';
    expect(await denied(pay, viewerWith(['pay']))).toEqual(['staff', 'staff.id', 'staff.pay']);
    expect(await denied(pay, viewerWith([], 'Moderator'))).toEqual(['staff.pay']);
    expect(await denied(pay, viewerWith(['pay'], 'Moderator'))).toEqual([]);
  });
});

describe.each([
  ['now', supergraphSdl],
  ['before 2.12', asComposedBefore(supergraphSdl)],
])('abstract types, as composed %s,', (_when, sdl) => {
  const asked = createTestGate({ supergraphSdl: sdl });
  const denied = async (source: string, viewer = undefined as ReturnType<typeof viewerWith> | undefined) =>
    (await asked.ask(source, { viewer })).deniedPaths;

  it('are asked as their strictest type is', async () => {
    expect(await denied('{ posts { id } }')).toEqual(['posts', 'posts.id']);
    expect(await denied('{ posts { id } }', viewerWith())).toEqual([]);
    expect(await denied('{ posts { id title } }', viewerWith())).toEqual(['posts.title']);
    expect(await denied('{ posts { id title } }', viewerWith(['title']))).toEqual([]);
  });

  it('are open where a fragment names an open type', async () => {
    expect(await denied('{ posts { __typename ... on PublicPost { id title } } }')).toEqual([]);
    expect(await denied('{ posts { ... on PublicPost { id } ... on PrivatePost { id title } } }')).toEqual([
      'posts.on PrivatePost.id',
      'posts.on PrivatePost.title',
    ]);
    expect(await denied('{ either { ... on PublicPost { id } ... on PrivatePost { id } } }')).toEqual([
      'either.on PrivatePost.id',
    ]);
  });

  it('do not even tell that something came when all of their types are denied', async () => {
    expect(await denied('{ locked { __typename } }')).toEqual(['locked']);
    expect(await denied('{ locked { __typename } }', viewerWith())).toEqual([]);
    expect(await denied('{ locked { ... on LockedTwo { id } } }', viewerWith())).toEqual(['locked.on LockedTwo.id']);
  });
});

describe('what is sent to get around it', () => {
  it.each<[string, string, readonly string[]]>([
    ['an alias', '{ user { name: email } }', ['user.name']],
    ['many aliases', '{ user { a: email b: email c: id } }', ['user.a', 'user.b']],
    ['a named fragment', '{ user { ...F } } fragment F on User { email }', ['fragment F.email']],
    [
      'fragments within fragments',
      '{ user { ...F } } fragment F on User { ...G } fragment G on User { friends { email } }',
      ['fragment G.friends.email'],
    ],
    [
      'a fragment used under an open and a closed parent',
      '{ user { ...F } me { ...F } } fragment F on User { card name }',
      ['me', 'fragment F.card'],
    ],
    ['an inline fragment without a type', '{ user { ... { email } } }', ['user.on same.email']],
    [
      'a fragment on an interface within one on a closed type',
      '{ posts { ... on PrivatePost { ... on Post { id } } } }',
      ['posts.on PrivatePost.on Post.id'],
    ],
    ['a fragment on the interface', '{ either { ... on Post { id } } }', ['either.on Post.id']],
    ['a directive that may skip it', 'query ($x: Boolean = false) { user { email @include(if: $x) } }', ['user.email']],
    ['depth', '{ user { friends { friends { friends { email } } } } }', ['user.friends.friends.friends.email']],
  ])('%s does not', async (_how, source, expected) => {
    expect(await denied(source)).toEqual(expected);
  });
});

describe('what is decided', () => {
  it('has the same key for all who are denied the same, and another for others', async () => {
    const source = '{ user { email secret } }';
    const keys = await Promise.all(
      [undefined, viewerWith(), viewerWith(['x']), viewerWith(['email'])].map(
        async (viewer) => (await gate.ask(source, { viewer })).deniedKey,
      ),
    );
    expect(keys[1]).toBe(keys[2]);
    expect(new Set(keys).size).toBe(3);
    expect(keys[3]).toBe('');
  });

  it('leaves introspection alone', async () => {
    expect(await denied('{ __typename __schema { types { name } } __type(name: "User") { fields { name } } }')).toEqual(
      [],
    );
  });

  it('is a refusal of the whole operation when told so', async () => {
    const strict = createTestGate({ supergraphSdl, env: { AUTH_DIRECTIVES: 'reject' } });
    const { refusals } = await strict.ask('{ hello user { email name: email } }');
    expect(refusals.map(({ extensions }) => extensions)).toEqual([
      { code: 'UNAUTHORIZED_FIELD_OR_TYPE', fields: ['email'] },
    ]);
    expect((await strict.ask('{ hello }')).refusals).toEqual([]);
  });

  it.each(['off', 'dry-run'])('is nothing when it is %s', async (mode) => {
    const open = createTestGate({ supergraphSdl, env: { AUTH_DIRECTIVES: mode } });
    expect(await open.ask('{ me { email } }')).toMatchObject({ refusals: [], deniedPaths: [], deniedKey: '' });
    const counted = await open.registry.getSingleMetricAsString('gateway_denied_fields_total');
    expect(counted.includes('gateway_denied_fields_total{mode="dry-run"} 2')).toBe(mode === 'dry-run');
  });
});

test('@apollo/gateway gets a supergraph without the directives, their definitions and their scalars', () => {
  const stripped = withoutSecurityLinks(supergraphSdl);
  expect(stripped).not.toMatch(/authenticated|requiresScopes|@policy|policy__/);
  expect(stripped).toContain('https://specs.apollo.dev/join/v0.5');
  expect(printSchema(apiSchemaOf(supergraphSdl))).not.toMatch(/Scope|Policy|directive/);
  expect(parse(stripped).definitions.length).toBe(parse(supergraphSdl).definitions.length - 5);
});

test('a supergraph without such directives stays as it is, byte for byte', () => {
  const plain = composeGraph({ a: 'type Query { a: Int }' });
  expect(withoutSecurityLinks(plain)).toBe(plain);
});

test('a directive that was renamed by its import is known by its new name', async () => {
  const renamed = composeGraph({ a: 'type Query { open: Int a: Int @authenticated }' })
    .replace(
      'authenticated/v0.1", for: SECURITY)',
      'authenticated/v0.1", for: SECURITY, import: [{ name: "@authenticated", as: "@known" }])',
    )
    .replaceAll(/@authenticated(?!")/g, '@known');
  expect(renamed).toContain('a: Int @known');
  expect((await createTestGate({ supergraphSdl: renamed }).ask('{ open a }')).deniedPaths).toEqual(['a']);
});

test('a document that was validated against the supergraph before is denied what this one does not know', async () => {
  const older = composeGraph({ a: 'type Query { open: Int gone: Int @authenticated kept: Int @authenticated }' });
  const newer = composeGraph({ a: 'type Query { open: Int kept: Int @authenticated }' });
  const document = parse('{ open gone }');
  const [operation] = document.definitions as OperationDefinitionNode[];
  const judge = (sdl: string, viewer: ReturnType<typeof viewerWith>) =>
    createAccessGate({
      schema: apiSchemaOf(sdl),
      requirements: readAccessRequirements(parse(sdl)),
      policies: {},
      log: silentLogger,
    }).judge(document, operation as OperationDefinitionNode, { viewer } as never);
  expect((await judge(older, viewerWith())).coordinates).toEqual([]);
  expect((await judge(newer, viewerWith())).coordinates).toEqual(['Query.gone']);
});

test('a document that was validated against the supergraph before is judged by its rules while it is run over it', async () => {
  const [older, newer] = ['a: Int @authenticated', 'a: Int'].map((field) => {
    const sdl = composeGraph({ a: `type Query { open: Int ${field} }` });
    return { schema: apiSchemaOf(sdl), supergraphSdl: sdl };
  });
  if (!older || !newer) throw new Error('two graphs are expected');
  const gate = createOperationGate({
    config: loadConfig({ GATEWAY_AUTH: 'off' }).policy,
    graphOf: (schema) => (schema === older.schema ? older : newer),
    policies: {},
    rates: undefined,
    metrics: createGatewayMetrics(new Registry()),
    log: silentLogger,
  });
  const document = parse('{ a }');
  const [operation] = document.definitions as [OperationDefinitionNode];
  const ask = { document, operation, variables: {}, context: {} as GatewayContext };
  expect((await gate.admit({ ...ask, schema: older.schema })).refusals).toHaveLength(1);
  expect((await gate.admit({ ...ask, schema: newer.schema })).refusals).toHaveLength(0);
  expect((await gate.admit(ask)).refusals).toHaveLength(0);
});
