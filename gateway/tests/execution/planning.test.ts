import { afterEach, expect, test } from 'vitest';
import { createFederation } from './fixture/federation.ts';

const open: { catalog: { close(): Promise<void> } }[] = [];
afterEach(() => Promise.all(open.splice(0).map(({ catalog }) => catalog.close())));

const SUBGRAPHS = ['a', 'b', 'c', 'd', 'e', 'f'];

/** Every subgraph can give every field: the planner tries the ways through them. */
const maze = Object.fromEntries(
  SUBGRAPHS.map((name) => [
    name,
    {
      sdl: `type Query { start: T @shareable } type T @key(fields: "id") { id: ID! n1: T @shareable n2: T @shareable own_${name}: Int }`,
      resolvers: { Query: { start: () => ({ id: '1' }) } },
    },
  ]),
);

const deep = (depth: number): string =>
  depth === 0
    ? SUBGRAPHS.map((name) => `own_${name}`).join(' ')
    : `n1 { ${deep(depth - 1)} } n2 { ${deep(depth - 1)} }`;

test('an operation that takes too long to plan is refused with a code, at once when it comes again, and others are planned', async () => {
  const outcomes: string[] = [];
  const federation = createFederation(maze, {
    planningBudgetMs: 150,
    onPlanned: (_, outcome) => outcomes.push(outcome),
  });
  open.push(federation);
  await federation.catalog.ready;
  const hard = `{ start { ${deep(10)} } }`;
  const [refused, easy] = await Promise.allSettled([
    federation.prepare(hard),
    federation.prepare('{ start { own_a } }'),
  ]);
  expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'PLANNING_TIMEOUT' } });
  expect(easy.status).toBe('fulfilled');
  expect(outcomes).toEqual(['timeout', 'planned']);
  await expect(federation.prepare(hard)).rejects.toMatchObject({ code: 'PLANNING_TIMEOUT' });
  expect(outcomes).toHaveLength(2);
});

test('identical operations that are asked for at once are planned once, and later ones not at all', async () => {
  const outcomes: string[] = [];
  const lookups: boolean[] = [];
  const federation = createFederation(maze, {
    onPlanned: (_, outcome) => outcomes.push(outcome),
    onLookup: (isHit) => lookups.push(isHit),
  });
  open.push(federation);
  const query = '{ start { own_a own_b } }';
  const [first, second] = await Promise.all([federation.prepare(query), federation.prepare(query)]);
  expect(second).toBe(first);
  expect(await federation.prepare(query)).toBe(first);
  expect(outcomes).toEqual(['planned']);
  expect(lookups).toEqual([false, false, true]);
});

test('plans take no more memory than they may: older ones are dropped', async () => {
  const federation = createFederation(maze, { planCacheBytes: 12_000 });
  open.push(federation);
  for (const name of SUBGRAPHS) await federation.prepare(`{ start { own_${name} } }`);
  const kept = federation.catalog.recent(100).length;
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(SUBGRAPHS.length);
});

test('what was used lately can be planned beforehand', async () => {
  const before = createFederation(maze);
  const outcomes: string[] = [];
  const after = createFederation(maze, { onPlanned: (_, outcome) => outcomes.push(outcome) });
  open.push(before, after);
  await before.prepare('{ start { own_a } }');
  await after.catalog.warmUp(before.catalog.recent(10), 5_000);
  expect(outcomes).toEqual(['planned']);
  await after.prepare('{ start { own_a } }');
  expect(outcomes).toEqual(['planned']);
});

test('a subgraph is not come back to by a key that it does not resolve', async () => {
  const federation = createFederation({
    owner: {
      sdl: 'type Query { item: Item } type Item @key(fields: "id") @key(fields: "sku") { id: ID! sku: ID! size: Int }',
      resolvers: {
        Query: { item: () => ({ id: '1', sku: 's1' }) },
        Item: { __resolveReference: (known: { sku?: string }) => ({ ...known, size: 4 }) },
      },
    },
    shelf: {
      sdl: `type Query { found: Item }
        type Item @key(fields: "id", resolvable: false) @key(fields: "sku") {
          id: ID! sku: ID! size: Int @external fits: String @requires(fields: "size") }`,
      resolvers: {
        Query: { found: () => ({ id: '1', sku: 's1' }) },
        Item: {
          __resolveReference: (known: { sku?: string }) => {
            if (known.sku === undefined) throw new Error('not by this key');
            return known;
          },
          fits: ({ size }: { size: number }) => `fits ${size}`,
        },
      },
    },
  });
  open.push(federation);
  expect(await federation.execute('{ found { fits } }')).toEqual({ data: { found: { fits: 'fits 4' } }, errors: [] });
});
