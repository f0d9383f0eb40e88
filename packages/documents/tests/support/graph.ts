import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json, text } from 'node:stream/consumers';
import { buildSchema, graphql } from 'graphql';

/** A request as a client sent it. */
export interface SentRequest {
  readonly authorization: string | undefined;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The content of a file as it was brought. */
export interface SentFile {
  readonly method: string | undefined;
  readonly contentType: string | undefined;
  readonly content: string;
}

/** A GraphQL server over the graph's API with few people, for clients that are not ours. */
export interface Graph {
  readonly url: string;
  readonly requests: readonly SentRequest[];
  readonly files: readonly SentFile[];
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
          message: {
            ...input,
            id: '1',
            number: 42,
            type: 'TEXT',
            attachments: [],
            createdAt: '2026-11-25T10:00:00.000Z',
            sender: ada,
          },
          errors: [],
        },
};

const media = (status: string, problem: string | null = null) => ({ __typename: 'Media', id: 'm1', status, problem });

/** A file that takes a moment: its status is asked twice. One that is named so turns out to be broken. */
function uploads(origin: string) {
  let asked = 0;
  let isBroken = false;
  return {
    requestUpload({ input }: { input: { fileName: string; mimeType: string } }) {
      asked = 0;
      isBroken = input.fileName.startsWith('broken');
      return input.mimeType.startsWith('image/')
        ? {
            upload: {
              media: media('PENDING'),
              url: `${origin}/uploads/m1`,
              method: 'PUT',
              headers: [{ name: 'content-type', value: input.mimeType }],
              expiresAt: '2026-11-25T10:15:00.000Z',
            },
            errors: [],
          }
        : { upload: null, errors: [{ code: 'INVALID_FORMAT', message: 'That is no picture.', path: ['input'] }] };
    },
    completeUpload: () => ({ media: media('PENDING'), errors: [] }),
    media() {
      asked += 1;
      if (asked === 1) return media('PROCESSING');
      return isBroken ? media('FAILED', 'CORRUPT') : media('COMPLETED');
    },
    createPost: ({ input }: { input: { content: string; visibility: string; mediaIds: string[] } }) => ({
      post: {
        __typename: 'Post',
        id: 'p1',
        kind: 'PHOTO',
        content: input.content,
        visibility: input.visibility,
        hashtags: [],
        mentions: [],
        commentCount: 0,
        createdAt: '2026-11-25T10:00:00.000Z',
        author: ada,
        media: input.mediaIds.map((id) => ({ ...media('COMPLETED'), id })),
        reactionCounts: { like: 0, love: 0, haha: 0, wow: 0, sad: 0, angry: 0, total: 0 },
      },
      errors: [],
    }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { requests, rootValue }: { requests: SentRequest[]; rootValue: unknown },
): Promise<void> {
  const { query, variables, operationName } = (await json(request)) as {
    query: string;
    variables: Record<string, unknown>;
    operationName?: string;
  };
  requests.push({ authorization: request.headers.authorization, operationName, variables });
  const result = await graphql({
    schema: api,
    source: query,
    rootValue,
    variableValues: variables,
    operationName: operationName ?? null,
  });
  response.setHeader('content-type', 'application/graphql-response+json').end(JSON.stringify(result));
}

const close = (server: Server) => new Promise<void>((resolve) => server.close(() => resolve()));

async function take(request: IncomingMessage, response: ServerResponse, files: SentFile[]): Promise<void> {
  const { method, headers } = request;
  files.push({ method, contentType: headers['content-type'], content: await text(request) });
  response.writeHead(201, { 'content-type': 'application/json' }).end('{"mediaId":"m1"}');
}

/** Starts the server on a free port. */
export async function startGraph(): Promise<Graph> {
  const requests: SentRequest[] = [];
  const files: SentFile[] = [];
  let rootValue: unknown = root;
  const server = createServer(
    (request, response) =>
      void (request.url === '/graphql'
        ? answer(request, response, { requests, rootValue })
        : take(request, response, files)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  rootValue = { ...root, ...uploads(origin) };
  const stop = async () => {
    server.closeAllConnections();
    await close(server);
  };
  return { url: `${origin}/graphql`, requests, files, stop };
}
