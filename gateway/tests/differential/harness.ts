import { parse, validate } from 'graphql';
import { differences } from './compare.ts';
import type { Engine, EngineAnswer } from './engines/engine.ts';
import type { Graph } from './graphs.ts';
import type { JsonValue } from './json.ts';
import { type ClientRequest, createReference, type ReferenceAnswer } from './reference.ts';
import { type GraphFacts, readGraphFacts } from './world/graph-facts.ts';
import { createSubgraphs, type Subgraphs } from './world/subgraphs.ts';
import { createWorld, type Faults, type World } from './world/world.ts';

/** One comparison. */
export interface Case {
  readonly seed: number;
  readonly faults: Faults;
  readonly query: string;
  readonly variables: Readonly<Record<string, JsonValue>>;
  readonly operationName?: string | undefined;
}

/** What came out of it. */
export interface Verdict {
  /** Empty when the engine answered as the reference; each begins with `data`, `errors`, `effects`, `calls` or `threw`. */
  readonly problems: readonly string[];
  readonly reference: ReferenceAnswer;
  /** Undefined when the engine threw. */
  readonly answer: EngineAnswer | undefined;
}

/** One graph with an engine that is put to the test over it. */
export interface Harness {
  readonly graph: Graph;
  check(tried: Case): Promise<Verdict>;
  close(): Promise<void>;
}

/** Entities that subgraphs may not know, where no other field or subgraph depends on it that they do. */
const MAYBE_MISSING: Readonly<Record<string, readonly string[]>> = {
  shop: ['reviews:Product', 'moderation:Reviewer'],
  media: ['ratings:Book', 'ratings:Film', 'people:Book'],
  ledger: ['audit:Account'],
  detour: ['delta:Delta', 'beta:Square'],
  context: ['jobs:Job'],
  social: ['presence:User', 'presence:Page', 'likes:Post'],
};

/** Makes an engine over a graph; subgraphs depend on whether the world lies. */
export type EngineFactory = (graph: Graph, subgraphsFor: (world: World) => Subgraphs) => Promise<Engine>;

/** Parses what was generated or kept in a fixture; it must be valid. */
function readRequest(graph: Graph, { query, variables, operationName }: Case): ClientRequest {
  const document = parse(query);
  const errors = validate(graph.api, document);
  if (errors.length > 0) throw new Error(`not a valid operation: ${errors.join('\n')}\n${query}`);
  return { document, query, variables, operationName };
}

/** Puts an engine beside the reference. */
export async function createHarness(graph: Graph, createEngine: EngineFactory): Promise<Harness> {
  const facts: GraphFacts = readGraphFacts(graph);
  const honest = createSubgraphs(graph, facts, false);
  const lying = createSubgraphs(graph, facts, true);
  const liars = new WeakSet<World>();
  const engine = await createEngine(graph, (world) => (liars.has(world) ? lying : honest));
  const refer = createReference(graph);
  const maybeMissing = new Set(MAYBE_MISSING[graph.name] ?? []);

  return {
    graph,
    async check(tried) {
      const request = readRequest(graph, tried);
      const worldOf = () => createWorld({ facts, seed: tried.seed, faults: tried.faults, maybeMissing });
      const world = worldOf();
      if (tried.faults === 'lies') liars.add(world);
      const twin = worldOf();
      const reference = await refer(request, twin, worldOf());
      try {
        const answer = await engine.execute(request, world);
        // Once the root is null, whether the mutations left are still executed is open.
        const wanted = JSON.stringify(reference.data ? twin.effects : world.effects);
        const came = JSON.stringify(world.effects);
        const effects = wanted === came ? [] : [`effects: expected ${wanted}`, `effects: got      ${came}`];
        const calls = world.complaints.map((complaint) => `calls: ${complaint}`);
        return { problems: [...differences(reference, answer), ...effects, ...calls], reference, answer };
      } catch (error) {
        return { problems: [`threw ${String(error)}`], reference, answer: undefined };
      }
    },
    close: () => engine.close(),
  };
}
