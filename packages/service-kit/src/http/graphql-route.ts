import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ApolloServer, type BaseContext, HeaderMap } from '@apollo/server';
import type { HttpRoute } from './http-server.ts';
import { BodyTooLargeError, readBody } from './read-body.ts';
import { sendJson } from './send.ts';

/** Options of {@link graphqlRoute}. */
export interface GraphqlRouteOptions<Context extends BaseContext> {
  readonly path: string;
  /** Must be started. */
  readonly server: ApolloServer<Context>;
  /** Largest body taken, in bytes. */
  readonly maxBodyBytes: number;
  /** Reads the body where something else may have read it before; rejects with BodyTooLargeError. Default: {@link readBody}. */
  readonly bodyOf?: (request: IncomingMessage) => Promise<string>;
  /** Makes the context from the request and its raw body; what it throws becomes the response's error. */
  createContext(request: IncomingMessage, rawBody: string): Promise<Context>;
}

function headersOf(request: IncomingMessage): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}

function graphqlError(response: ServerResponse, status: number, code: string, message: string): void {
  sendJson(response, status, { errors: [{ message, extensions: { code } }] });
}

function parseBody(rawBody: string): { ok: true; body: unknown } | { ok: false } {
  if (rawBody === '') return { ok: true, body: undefined };
  try {
    return { ok: true, body: JSON.parse(rawBody) };
  } catch {
    return { ok: false };
  }
}

/** Joins Apollo Server to node:http. The raw body is kept, as signatures are over bytes and not over their meaning. */
export function graphqlRoute<Context extends BaseContext>(options: GraphqlRouteOptions<Context>): HttpRoute {
  return {
    path: options.path,
    async handle(request, response) {
      let rawBody: string;
      try {
        rawBody = await (options.bodyOf?.(request) ?? readBody(request, options.maxBodyBytes));
      } catch (error) {
        if (!(error instanceof BodyTooLargeError)) throw error;
        response.setHeader('connection', 'close');
        return graphqlError(
          response,
          413,
          'BODY_TOO_LARGE',
          `The request is larger than ${options.maxBodyBytes} bytes.`,
        );
      }
      const parsed = parseBody(rawBody);
      if (!parsed.ok) return graphqlError(response, 400, 'BAD_REQUEST', 'The request body is not valid JSON.');

      const result = await options.server.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method: request.method ?? 'POST',
          headers: headersOf(request),
          search: new URL(request.url ?? '/', 'http://localhost').search,
          body: parsed.body,
        },
        context: () => options.createContext(request, rawBody),
      });
      for (const [name, value] of result.headers) response.setHeader(name, value);
      response.statusCode = result.status ?? 200;
      if (result.body.kind === 'complete') {
        response.setHeader('content-length', Buffer.byteLength(result.body.string));
        response.end(result.body.string);
        return;
      }
      for await (const chunk of result.body.asyncIterator) response.write(chunk);
      response.end();
    },
  };
}
