import { buildSubgraphSchema } from '@apollo/subgraph';
import { type DocumentNode, execute, type GraphQLFormattedError, parse, validate } from 'graphql';
import type { Graph } from '../graphs.ts';
import { createEntityFinder } from './field-set-values.ts';
import type { GraphFacts } from './graph-facts.ts';
import { withoutPromises } from './loose-sdl.ts';
import { subgraphResolvers } from './subgraph-resolvers.ts';
import type { World } from './world.ts';

/** A call as a subgraph receives it. */
export interface ReceivedRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName?: string | undefined;
}

/** What it answers with, as read from JSON. */
export interface SentAnswer {
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly GraphQLFormattedError[];
}

/** A graph's subgraphs, without the network between. */
export interface Subgraphs {
  /** Answers over a world, as JSON would carry it. */
  answer(subgraph: string, request: ReceivedRequest, world: World): Promise<SentAnswer>;
}

/** Texts are kept, as shrinking asks for the same ones again; so many at the most. */
const KEPT_TEXTS = 2_000;

/** Subgraphs check what they are sent against their schemas, as real ones do. Liars take anything and promise nothing. */
function createSubgraph(typeDefs: DocumentNode, resolvers: ReturnType<typeof subgraphResolvers>, isLiar: boolean) {
  const schema = buildSubgraphSchema([{ typeDefs: isLiar ? withoutPromises(typeDefs) : typeDefs, resolvers }]);
  const parsed = new Map<string, DocumentNode | readonly GraphQLFormattedError[]>();

  function read(query: string): DocumentNode | readonly GraphQLFormattedError[] {
    const document = parse(query, { noLocation: true });
    const errors = isLiar ? [] : validate(schema, document);
    return errors.length > 0 ? errors.map((error) => error.toJSON()) : document;
  }

  return async ({ query, variables, operationName }: ReceivedRequest, world: World): Promise<SentAnswer> => {
    if (parsed.size > KEPT_TEXTS) parsed.clear();
    const document = parsed.get(query) ?? read(query);
    parsed.set(query, document);
    if (!('kind' in document)) {
      world.complaints.push(`not valid for the subgraph: ${query}`);
      return { data: null, errors: document };
    }
    const result = await execute({
      schema,
      document,
      variableValues: variables,
      operationName: operationName ?? null,
      contextValue: { world, find: createEntityFinder(world) },
    });
    return JSON.parse(JSON.stringify({ data: null, ...result }));
  };
}

/** Builds the subgraphs of a graph over worlds made from its facts. */
export function createSubgraphs({ subgraphs }: Graph, facts: GraphFacts, isLiar: boolean): Subgraphs {
  const byName = new Map(
    [...subgraphs].map(([name, typeDefs]) => [
      name,
      createSubgraph(typeDefs, subgraphResolvers(facts, subgraphs, name), isLiar),
    ]),
  );
  return {
    async answer(name, request, world) {
      const subgraph = byName.get(name);
      if (!subgraph) throw new Error(`no subgraph ${name}`);
      return subgraph(JSON.parse(JSON.stringify(request)), world);
    },
  };
}
