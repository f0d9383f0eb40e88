import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCatalogEngine } from './engines/catalog-engine.ts';
import { loadFixtures } from './fixtures.ts';
import { cases } from './generator/cases.ts';
import { GRAPH_NAMES, loadGraph } from './graphs.ts';
import { type Case, createHarness, type Harness } from './harness.ts';
import { reduceCase } from './reduce-case.ts';
import { RUNS } from './runs.ts';

const fixtures = loadFixtures();

/** For one graph; planning alone takes about ten milliseconds for each operation. */
const TIME_LIMIT_MS = 60_000 + RUNS.perGraph * 200;

/** Finds a failing case and makes it small; undefined when all are answered as graphql-js does. */
async function findFailure(harness: Harness): Promise<string | undefined> {
  const property = fc.asyncProperty(cases(harness.graph), async (tried) => {
    const { problems } = await harness.check(tried);
    if (problems.length > 0) throw new Error(problems.join('\n'));
  });
  const { counterexample } = await fc.check(property, { numRuns: RUNS.perGraph, seed: RUNS.seed });
  const [failing] = counterexample ?? [];
  if (!failing) return undefined;
  const fails = async (tried: Case) => (await harness.check(tried)).problems.length > 0;
  const reduced = await reduceCase(failing, harness.graph.api, fails);
  const { problems } = await harness.check(reduced);
  const fixture = { graph: harness.graph.name, ...reduced, why: 'to be written' };
  return `${problems.join('\n')}\n${reduced.query}\nas a fixture: ${JSON.stringify(fixture)}`;
}

describe.each(GRAPH_NAMES)('over the graph %s the gateway answers like graphql-js over the merged schema', (name) => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await createHarness(loadGraph(name), createCatalogEngine);
  });
  afterAll(() => harness.close());

  const kept = fixtures.filter(({ graph }) => graph === name);
  test.each(kept.filter(({ open }) => !open))('$why', async (fixture) => {
    expect((await harness.check(fixture)).problems).toEqual([]);
  });
  test.fails.each(kept.filter(({ open }) => open))('not yet: $why', async (fixture) => {
    expect((await harness.check(fixture)).problems).toEqual([]);
  });

  test(`${RUNS.perGraph} random operations`, { timeout: TIME_LIMIT_MS }, async () => {
    expect(await findFailure(harness)).toBeUndefined();
  });
});
