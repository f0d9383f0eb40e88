import { DEFAULT_OPERATION_LIMITS, traceFromHeaders } from '@postbook/service-kit/edge';
import { buildSchema, GraphQLError, NoSchemaIntrospectionCustomRule } from 'graphql';
import { expect, test } from 'vitest';
import type { OperationCatalog, OperationToPrepare, PreparedSubscription } from '../execution/prepared-operation.ts';
import type { Admission, OperationGate, OperationToAdmit } from '../policy/operation-gate.ts';
import type { SubscriptionEngine, SubscriptionToStart } from '../subscriptions/subscription-engine.ts';
import { createDocumentCache } from './document-cache.ts';
import { createOperationAdmission, type OperationAdmissionOptions } from './operation-admission.ts';
import type { OperationRequest, ReadOperation } from './operation-request.ts';
import { createEngineRunner } from './subscription-runner.ts';

const schema = buildSchema(`
  type Query { a: Int }
  type Subscription { log(first: Int = 2, after: String): Int }
`);
const context = { trace: traceFromHeaders({}), client: { ip: '127.0.0.1' } };
const LOG = 'subscription Log($first: Int = 3, $after: String!) { log(first: $first, after: $after) }';
const listener = { next() {}, end() {} };

/** An admission over a catalog, an engine and a gate that write down what they are asked. */
function admission(options: { admit?: Partial<Admission> } & Partial<OperationAdmissionOptions> = {}) {
  const asked: { gate: OperationToAdmit[]; catalog: OperationToPrepare[]; engine: SubscriptionToStart[] } = {
    gate: [],
    catalog: [],
    engine: [],
  };
  const prepared = { kind: 'subscription' } as PreparedSubscription;
  const catalog: OperationCatalog = {
    async prepare(operation) {
      asked.catalog.push(operation);
      return prepared;
    },
    close: async () => undefined,
  };
  const engine: SubscriptionEngine = {
    start(subscription) {
      asked.engine.push(subscription);
      return { stop() {} };
    },
    close: async () => undefined,
  };
  const gate: OperationGate = {
    async admit(operation) {
      asked.gate.push(operation);
      return { refusals: [], denied: new Set(), deniedKey: '', cost: undefined, ...options.admit };
    },
  };
  const made = createOperationAdmission({
    schema: () => schema,
    documents: createDocumentCache({ limits: DEFAULT_OPERATION_LIMITS, rules: [] }),
    runner: createEngineRunner({ catalogOf: () => catalog, engine }),
    gate,
    ...options,
  });
  async function run(request: OperationRequest) {
    const read = await made.read(request);
    return 'errors' in read ? read : made.admit(read, request, context);
  }
  return { asked, prepared, made, run };
}

const codes = (result: object) =>
  'errors' in result
    ? (result.errors as readonly GraphQLError[]).map(({ extensions, message }) => extensions?.code ?? message)
    : [];

test('an operation passes the gate with coerced variables, is planned, and starts with the same key', async () => {
  const { asked, prepared, run } = admission();
  const ready = await run({ query: LOG, operationName: 'Log', variables: { after: 'x', unknown: 1 } });
  if ('errors' in ready) throw new Error(String(ready.errors));
  expect(asked.gate).toMatchObject([{ variables: { first: 3, after: 'x' }, context }]);
  expect(asked.catalog).toMatchObject([{ operationName: 'Log' }]);
  expect(asked.engine).toEqual([]);
  ready.start(listener);
  expect(asked.engine).toMatchObject([{ prepared, variables: { first: 3, after: 'x' }, key: asked.catalog[0]?.key }]);
});

test('the key tells texts and denied fields apart, and nothing else: whether the only operation is named or not', async () => {
  const keys: string[] = [];
  for (const [query, operationName, deniedKey] of [
    [LOG, undefined, ''],
    [LOG, 'Log', ''],
    [LOG, 'Log', 'scope:admin'],
    [`${LOG} `, undefined, ''],
    [LOG, undefined, ''],
  ] as const) {
    const { asked, run } = admission({ admit: { deniedKey } });
    await run({ query, operationName, variables: { after: String(keys.length) } });
    keys.push(asked.catalog[0]?.key ?? '');
  }
  expect(new Set(keys).size).toBe(3);
  expect([keys[1], keys[4]]).toEqual([keys[0], keys[0]]);
});

test('what the gate refuses is not planned', async () => {
  const refusals = [new GraphQLError('Too dear.', { extensions: { code: 'COST_LIMIT_EXCEEDED' } })];
  const { asked, run } = admission({ admit: { refusals } });
  expect(codes(await run({ query: LOG, variables: { after: 'x' } }))).toEqual(['COST_LIMIT_EXCEEDED']);
  expect(asked.catalog).toEqual([]);
});

test('wrong variables never reach the gate', async () => {
  const { asked, run } = admission();
  expect(codes(await run({ query: LOG, variables: { first: 'many', after: 'x' } }))).toHaveLength(1);
  expect(asked.gate).toEqual([]);
});

test('a plan that can not be made is an error and no exception', async () => {
  const failure = new Error('no plan');
  const { run } = admission({ runner: { prepare: () => Promise.reject(failure) } });
  expect(await run({ query: LOG, variables: { after: 'x' } })).toEqual({ errors: [failure] });
});

test('the text of a persisted operation is found by its id', async () => {
  const { run, asked } = admission({
    async textOf({ query, extensions }) {
      if (query) return query;
      if (extensions?.id === 'log') return LOG;
      throw new GraphQLError('unknown id', { extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } });
    },
  });
  expect(codes(await run({ query: '', extensions: { id: 'log' }, variables: { after: 'x' } }))).toEqual([]);
  expect(asked.catalog).toHaveLength(1);
  expect(codes(await run({ query: '', extensions: { id: 'other' } }))).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
});

test('a valid document is parsed once, until the schema is another one', async () => {
  const documents = createDocumentCache({ limits: DEFAULT_OPERATION_LIMITS, rules: [] });
  const other = buildSchema('type Query { a: Int } type Subscription { log: Int }');
  const first = documents.read('{ a }', schema);
  expect(documents.read('{ a }', schema)).toBe(first);
  expect(documents.read('{ a }', other)).not.toBe(first);
  expect(documents.read(LOG, other)).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }, {}]);
});

test('documents are forgotten once they take more memory than they may', () => {
  const documents = createDocumentCache({ limits: DEFAULT_OPERATION_LIMITS, rules: [], maxBytes: 1_000 });
  const first = documents.read('{ a }', schema);
  for (let index = 0; index < 20; index++) documents.read(`{ a${index}: a }`, schema);
  expect(documents.read('{ a }', schema)).not.toBe(first);
});

test('introspection is refused by a rule, where there is one', async () => {
  const documents = createDocumentCache({
    limits: DEFAULT_OPERATION_LIMITS,
    rules: [NoSchemaIntrospectionCustomRule],
  });
  const { made } = admission({ documents });
  const read = (await made.read({ query: '{ __schema { types { name } } }' })) as ReadOperation | { errors: object[] };
  expect(codes(read)).toContain('GRAPHQL_VALIDATION_FAILED');
});
