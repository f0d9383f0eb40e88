import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type DocumentNode, execute, type GraphQLSchema, parse } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { FeedSubgraph } from './feed-subgraphs.ts';

/** Bytes of answers kept for each subgraph. */
const REMEMBERED_BYTES = 64 * 1024 * 1024;
const REMEMBERED_DOCUMENTS = 1_000;
/** Sides are idle while others are measured: their connections must not be gone when it is their turn again. */
const KEEP_ALIVE_MS = 600_000;

interface Request {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly operationName?: string;
}

/**
 * Answers are really executed, so any gateway may ask in its own words; an answer that was given before to the same body
 * is given again without, so that the subgraphs aren't what limits a gateway.
 */
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

/** Options of {@link startFeedServer}. */
export interface FeedServerOptions {
  /** 0, the default, picks a free one. */
  readonly port?: number;
  /** Called for each request. */
  readonly onCall?: () => void;
}

/** Starts one subgraph in this process. @returns its address. */
export async function startFeedServer(
  { sdl, resolvers }: FeedSubgraph,
  { port = 0, onCall }: FeedServerOptions = {},
): Promise<string> {
  const answer = createAnswerer(buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers }]));
  const server = createServer((request, response) => {
    onCall?.();
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
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}
