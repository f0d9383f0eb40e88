import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type DocumentNode, execute, type GraphQLSchema, parse } from 'graphql';
import { LRUCache } from 'lru-cache';
import { serveCommands } from '../processes/commands.ts';
import { type FeedSubgraph, feedSubgraphs } from './feed-subgraphs.ts';
import { composeSupergraph } from './feed-supergraph.ts';

/**
 * The four subgraphs in one process. Answers are really executed, so any gateway may ask in its own words; an answer that
 * was given before to the same body is given again without, so that the subgraphs aren't what limits a gateway.
 */

/** Bytes of answers kept for each subgraph. */
const REMEMBERED_BYTES = 64 * 1024 * 1024;
const REMEMBERED_DOCUMENTS = 1_000;

interface Request {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly operationName?: string;
}

/** How often each subgraph was called. */
const calls: Record<string, number> = {};

function createAnswerer(schema: GraphQLSchema): (body: string) => Promise<Buffer> {
  const documents = new LRUCache<string, DocumentNode>({ max: REMEMBERED_DOCUMENTS });
  const answers = new LRUCache<string, Buffer>({
    maxSize: REMEMBERED_BYTES,
    sizeCalculation: (answer, body) => answer.length + body.length,
  });
  return async (body) => {
    const known = answers.get(body);
    if (known) return known;
    const { query, variables, operationName } = JSON.parse(body) as Request;
    const document = documents.get(query) ?? parse(query);
    documents.set(query, document);
    const result = await execute({ schema, document, variableValues: variables ?? null, operationName });
    const answer = Buffer.from(JSON.stringify(result));
    answers.set(body, answer);
    return answer;
  };
}

async function startSubgraph({ name, sdl, resolvers }: FeedSubgraph): Promise<string> {
  const answer = createAnswerer(buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers }]));
  const server = createServer((request, response) => {
    calls[name] = (calls[name] ?? 0) + 1;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const body = await answer(Buffer.concat(chunks).toString()).catch((error: Error) =>
        Buffer.from(JSON.stringify({ errors: [{ message: error.message }] })),
      );
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
      response.end(body);
    });
  });
  // Sides are idle while others are measured: their connections must not be gone when it is their turn again.
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

const running = await Promise.all(
  feedSubgraphs.map(async (subgraph) => ({ ...subgraph, url: await startSubgraph(subgraph) })),
);

const commands = {
  /** Where the subgraphs are, and their supergraph. */
  graph: () => ({
    urls: Object.fromEntries(running.map(({ name, url }) => [name, url])),
    supergraph: composeSupergraph(running),
  }),
  /** Calls since the last time this was asked. */
  takeCalls: () => {
    const taken = Object.values(calls).reduce((sum, count) => sum + count, 0);
    for (const name of Object.keys(calls)) calls[name] = 0;
    return taken;
  },
};

/** What the process of the subgraphs can be told. */
export type FeedCommands = typeof commands;

serveCommands(commands, running[0]?.url ?? '');
