import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createStockEngine } from './engines/stock-engine.ts';
import { loadFixtures } from './fixtures.ts';
import { GRAPH_NAMES, loadGraph } from './graphs.ts';
import { createHarness, type Harness } from './harness.ts';

const known = loadFixtures().filter(({ stock }) => stock !== undefined);
const graphs = GRAPH_NAMES.filter((name) => known.some(({ graph }) => graph === name));

describe.each(graphs)('over the graph %s the stock executor is shown wrong where it is', (name) => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await createHarness(loadGraph(name), createStockEngine);
  });
  afterAll(() => harness.close());

  test.each(known.filter(({ graph }) => graph === name))('$why', async (fixture) => {
    const { problems } = await harness.check(fixture);
    expect(problems[0]?.split(/\W/)[0]).toBe(fixture.stock);
  });
});
