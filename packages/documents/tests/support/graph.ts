import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { buildSchema, graphql } from 'graphql';

/** A request as a client sent it. */
export interface SentRequest {
  readonly authorization: string | undefined;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A GraphQL server over the graph's API with few people, for clients that are not ours. */
export interface Graph {
  readonly url: string;
  readonly requests: readonly SentRequest[];
  stop(): Promise<void>;
}

const api = buildSchema(readFileSync(join(import.meta.dirname, '../../../../schema/api.graphql'), 'utf8'));

const person = (username: string, displayName: string | null) => ({
  __typename: 'User',
  id: `id-of-${username}`,
  username,
  displayName,
  avatarUrl: null,
});
const pageInfo = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null };
const ada = person('ada', 'Ada Lovelace');

const root = {
  userByUsername: ({ username }: { username: string }) =>
    username === 'ada'
      ? { ...ada, friends: { nodes: [person('grace', 'Grace Hopper'), person('alan', null)], pageInfo } }
      : null,
  sendMessage: ({ input }: { input: { conversationId: string; content: string; clientMessageId: string } }) =>
    input.content === ''
      ? { message: null, errors: [{ code: 'REQUIRED', message: 'Write something.', path: ['input', 'content'] }] }
      : {
          message: { ...input, id: '1', number: 42, type: 'TEXT', createdAt: '2026-11-25T10:00:00.000Z', sender: ada },
          errors: [],
        },
};

async function answer(request: IncomingMessage, response: ServerResponse, requests: SentRequest[]): Promise<void> {
  const { query, variables, operationName } = (await json(request)) as {
    query: string;
    variables: Record<string, unknown>;
    operationName?: string;
  };
  requests.push({ authorization: request.headers.authorization, operationName, variables });
  const result = await graphql({
    schema: api,
    source: query,
    rootValue: root,
    variableValues: variables,
    operationName: operationName ?? null,
  });
  response.setHeader('content-type', 'application/graphql-response+json').end(JSON.stringify(result));
}

const close = (server: Server) => new Promise<void>((resolve) => server.close(() => resolve()));

/** Starts the server on a free port. */
export async function startGraph(): Promise<Graph> {
  const requests: SentRequest[] = [];
  const server = createServer((request, response) => void answer(request, response, requests));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    server.closeAllConnections();
    await close(server);
  };
  return { url: `http://127.0.0.1:${port}/graphql`, requests, stop };
}
