import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeGraph, createTestGate } from './fixture/gated-graph.ts';
import { type PolicyGraph, startPolicyGraph } from './fixture/policy-graph.ts';
import { startTestGateway, type TestGateway } from './fixture/test-gateway.ts';

let graph: PolicyGraph;
let gateway: TestGateway;

beforeAll(async () => {
  graph = await startPolicyGraph();
  gateway = await startTestGateway({ supergraphPath: graph.supergraphPath, env: { MAX_OPERATION_COST: '100' } });
});
afterAll(async () => {
  await gateway.stop();
  await graph.stop();
});

const PAGE = 'query Page($n: Int) { items(first: $n) { nodes { id } } }';
const tooExpensive = (estimated: number) => ({ code: 'COST_ESTIMATED_TOO_EXPENSIVE', estimated, maximum: 100 });

describe('an operation that costs too much', () => {
  it('is refused before any subgraph is called, with what it costs and what it may', async () => {
    const calls = graph.items.calls.length;
    const { status, data, errors } = await gateway.http.execute(PAGE, { n: 100 });
    expect([status, data, errors?.map(({ extensions }) => extensions)]).toEqual([400, undefined, [tooExpensive(101)]]);
    expect(graph.items.calls).toHaveLength(calls);
    expect((await gateway.http.execute(PAGE, { n: 99 })).data).toEqual({ items: { nodes: [{ id: '1' }] } });
  });

  it('is refused over a socket as well', async () => {
    const socket = gateway.connect();
    const result = await socket.subscribe(`{ items(first: 1000) { nodes { id } } }`).next();
    expect(result.errors?.map(({ extensions }) => extensions)).toEqual([tooExpensive(1001)]);
    await socket.close();
  });

  it('is refused when asked by GET', async () => {
    const search = new URLSearchParams({ query: PAGE, variables: '{"n":1000}' });
    const response = await fetch(`${gateway.url}/graphql?${search}`, { headers: { 'apollo-require-preflight': '1' } });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { errors: [{ extensions: tooExpensive(1001) }] },
    ]);
  });

  it.each<[string, string, object, number]>([
    [
      'aliases',
      '{ a: items { total nodes { id } } b: items { nodes { id } } c: items { nodes { id } } d: items { nodes { id } } e: items { nodes { id } } }',
      {},
      5 * 21,
    ],
    [
      'a fragment used many times',
      '{ a: items { ...P } b: items { ...P } c: items { ...P } d: items { ...P } e: items { ...P } } fragment P on ItemConnection { nodes { id } }',
      {},
      5 * 21,
    ],
    [
      'lists within lists',
      '{ items(first: 9) { nodes { items(first: 9) { nodes { items(first: 9) { nodes { id } } } } } } }',
      {},
      1 + 9 * (1 + 1 + 9 * (1 + 1 + 9)),
    ],
    ['the largest length there is', PAGE, { n: 2_147_483_647 }, 2_147_483_648],
    ['a default of its own', 'query ($n: Int = 500) { items(first: $n) { nodes { id } } }', {}, 501],
    ['the other argument', 'query ($n: Int) { items(first: 1, last: $n) { nodes { id } } }', { n: 400 }, 401],
    [
      'mutations in a row',
      `mutation { ${'abcdefghijk'
        .split('')
        .map((name) => `${name}: rename(name: "x") { id }`)
        .join(' ')} }`,
      {},
      110,
    ],
  ])('is not hidden by %s', async (_how, query, variables, estimated) => {
    const { errors } = await gateway.http.execute(query, variables as Record<string, unknown>);
    expect(errors?.map(({ extensions }) => extensions)).toEqual([tooExpensive(estimated)]);
  });

  it('is the same operation with a smaller page an instant later', async () => {
    for (const [n, code] of [
      [1000, 'COST_ESTIMATED_TOO_EXPENSIVE'],
      [10, undefined],
      [1000, 'COST_ESTIMATED_TOO_EXPENSIVE'],
    ] as const) {
      expect((await gateway.http.execute(PAGE, { n })).errors?.[0]?.extensions?.code).toBe(code);
    }
  });
});

describe('a length that means nothing', () => {
  it.each([[null], [-5], [undefined]])('%s costs no more than the usual page and is passed on', async (n) => {
    expect((await gateway.http.execute(PAGE, n === undefined ? {} : { n })).errors).toBeUndefined();
  });

  it.each([['"50"'], [1.5], [2_147_483_648], [true]])('%s is a mistake in the variables, not a cost', async (n) => {
    const { status, errors } = await gateway.http.execute(PAGE, { n });
    expect([status, errors?.[0]?.extensions?.code]).toEqual([400, 'BAD_USER_INPUT']);
  });
});

it('a list that needs exactly one slicing argument is refused without', async () => {
  const { errors } = await gateway.http.execute('{ sliced(first: 1, last: 1) { id } }');
  expect(errors?.map(({ extensions }) => extensions)).toEqual([
    { code: 'COST_QUERY_PARSE_FAILURE', fields: ['sliced'] },
  ]);
  expect((await gateway.http.execute('{ sliced(first: 1) { id } }')).data).toEqual({ sliced: [] });
});

describe('the cost', () => {
  const ask = async (headers: Record<string, string>, extensions?: object) => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: '{ dear items { total } }', extensions }),
    });
    const { extensions: told } = (await response.json()) as { extensions?: unknown };
    return told;
  };

  it('is told to who asks for it', async () => {
    const cost = { estimated: 81, maximum: 100 };
    expect(await ask({ 'graphql-cost': '1' })).toEqual({ cost });
    expect(await ask({}, { cost: true })).toEqual({ cost });
    expect(await ask({})).toBeUndefined();
  });

  it('is counted by kind, and what was refused by code', async () => {
    const text = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(text).toMatch(/gateway_operation_cost_count\{[^}]*type="query"/);
    expect(text).toMatch(/gateway_refusals_total\{[^}]*code="COST_ESTIMATED_TOO_EXPENSIVE"/);
  });
});

describe('how strict it is', () => {
  const supergraphSdl = composeGraph({ a: 'type Query { things: [Thing!]! } type Thing { id: ID things: [Thing!]! }' });
  const query = '{ things { things { id } } }';

  it('is a matter of configuration', async () => {
    const enforced = createTestGate({ supergraphSdl, env: { MAX_OPERATION_COST: '109' } });
    expect((await enforced.ask(query)).refusals.map(({ extensions }) => extensions)).toEqual([
      { code: 'COST_ESTIMATED_TOO_EXPENSIVE', estimated: 110, maximum: 109 },
    ]);
    const measured = createTestGate({ supergraphSdl, env: { MAX_OPERATION_COST: '1', DEMAND_CONTROL: 'measure' } });
    expect(await measured.ask(query)).toMatchObject({ refusals: [], cost: 110 });
    const off = createTestGate({ supergraphSdl, env: { MAX_OPERATION_COST: '1', DEMAND_CONTROL: 'off' } });
    expect(await off.ask(query)).toMatchObject({ refusals: [], cost: undefined });
    const longer = createTestGate({ supergraphSdl, env: { COST_LIST_SIZE: '3' } });
    expect((await longer.ask(query)).cost).toBe(12);
  });

  it('holds for subscriptions, by one event', async () => {
    const sdl = composeGraph({
      a: 'type Query { a: Int } type Subscription { came: Thing } type Thing { id: ID things: [Thing!]! }',
    });
    const gate = createTestGate({ supergraphSdl: sdl, env: { MAX_OPERATION_COST: '10' } });
    const { refusals } = await gate.ask('subscription { came { things { id } } }');
    expect(refusals.map(({ extensions }) => extensions.code)).toEqual(['COST_ESTIMATED_TOO_EXPENSIVE']);
    expect((await gate.ask('subscription { came { id } }')).refusals).toEqual([]);
  });

  it('is not fooled by variables that look alike when written down', async () => {
    const sdl = composeGraph({
      a: 'scalar JSON type Query { a(a: JSON, n: Int, z: JSON): [Thing!]! @listSize(slicingArguments: ["n"], requireOneSlicingArgument: false) } type Thing { id: ID }',
    });
    const gate = createTestGate({ supergraphSdl: sdl });
    const source = 'query ($a: JSON, $n: Int, $z: JSON) { a(a: $a, n: $n, z: $z) { id } }';
    const cheap = { a: { 'k:1},n:9000,z:{x': 1 }, n: 1, z: { x: 1 } };
    expect((await gate.ask(source, { variables: cheap })).cost).toBe(1);
    expect((await gate.ask(source, { variables: { a: { k: 1 }, n: 9000, z: { x: 1 } } })).cost).toBe(9000);
  });
});
