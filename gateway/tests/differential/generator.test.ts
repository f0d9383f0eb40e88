import fc from 'fast-check';
import { Kind, parse, validate, visit } from 'graphql';
import { describe, expect, test } from 'vitest';
import { cases } from './generator/cases.ts';
import { GRAPH_NAMES, loadGraph } from './graphs.ts';
import type { Case } from './harness.ts';
import { reduceCase } from './reduce-case.ts';
import { RUNS } from './runs.ts';

const SAMPLES = 400;

/** What an operation makes use of, as words. */
function traitsOf({ query, variables }: Case): Set<string> {
  const traits = new Set<string>();
  const spreads: string[] = [];
  visit(parse(query), {
    OperationDefinition: ({ operation, selectionSet, variableDefinitions = [] }) => {
      if (operation === 'mutation' && selectionSet.selections.length > 1) traits.add('several mutations');
      if (variableDefinitions.some(({ variable }) => !(variable.name.value in variables)))
        traits.add('variable left out');
    },
    Field: ({ name, alias }) => {
      if (name.value.startsWith('__')) traits.add(name.value);
      if (name.value === '__typename' && alias) traits.add('alias of __typename');
      if (alias?.value === 'id') traits.add('alias like a key');
    },
    InlineFragment: ({ typeCondition }) => void traits.add(typeCondition ? 'inline fragment' : 'untyped fragment'),
    FragmentSpread: ({ name }) => void spreads.push(name.value),
    Directive: ({ name, arguments: [argument] = [] }) =>
      void traits.add(`@${name.value} ${argument?.value.kind === Kind.VARIABLE ? 'variable' : 'literal'}`),
    VariableDefinition: ({ defaultValue }) => void (defaultValue && traits.add('default of a variable')),
    Argument: ({ value }) => void traits.add(`${value.kind} as argument`),
    ListValue: ({ values }) =>
      void (values.some(({ kind }) => kind === Kind.VARIABLE) && traits.add('variable in a list')),
    ObjectField: ({ value }) => void (value.kind === Kind.VARIABLE && traits.add('variable in an input object')),
  });
  if (spreads.length > 0) traits.add('named fragment');
  if (new Set(spreads).size < spreads.length) traits.add('fragment spread twice');
  if (Object.values(variables).includes(null)) traits.add('null in a variable');
  return traits;
}

describe.each(GRAPH_NAMES)('over the graph %s', (name) => {
  const graph = loadGraph(name);

  test('every operation that is generated is valid', () => {
    for (const { query } of fc.sample(cases(graph), { seed: RUNS.seed, numRuns: SAMPLES }))
      expect(validate(graph.api, parse(query)), query).toEqual([]);
  });
});

test('operations make use of all that the language has', () => {
  const samples = fc.sample(cases(loadGraph('ledger')), { seed: RUNS.seed, numRuns: 4 * SAMPLES });
  const traits = new Set(samples.flatMap((sample) => [...traitsOf(sample)]));
  expect([...traits].sort()).toEqual([
    '@include literal',
    '@include variable',
    '@skip literal',
    '@skip variable',
    'BooleanValue as argument',
    'EnumValue as argument',
    'IntValue as argument',
    'ListValue as argument',
    'NullValue as argument',
    'ObjectValue as argument',
    'StringValue as argument',
    'Variable as argument',
    '__schema',
    '__type',
    '__typename',
    'alias like a key',
    'alias of __typename',
    'default of a variable',
    'fragment spread twice',
    'inline fragment',
    'named fragment',
    'null in a variable',
    'several mutations',
    'untyped fragment',
    'variable in a list',
    'variable in an input object',
    'variable left out',
  ]);
});

test('a failing case is made as small as what makes it fail', async () => {
  const graph = loadGraph('shop');
  const query = `query ($first: Int, $isSkipped: Boolean!) {
    ... { products(first: $first) { ...F @skip(if: $isSkipped) title: name } }
    cheapest { id }
  }
  fragment F on Product { ... on Product { dims { w h } a: shippingEur } }`;
  const failing: Case = { seed: 9, faults: 'none', query, variables: { first: 1, isSkipped: false } };
  const reduced = await reduceCase(failing, graph.api, async (tried) => tried.query.includes('shippingEur'));
  expect(reduced).toEqual({
    seed: 0,
    faults: 'none',
    query: '{\n  products {\n    shippingEur\n  }\n}',
    variables: {},
  });
});
