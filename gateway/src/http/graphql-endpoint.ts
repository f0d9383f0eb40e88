import type { IncomingMessage } from 'node:http';
import type { ApolloServer } from '@apollo/server';
import {
  currentRequestTrace,
  graphqlRoute,
  type HttpRoute,
  type RequestTrace,
  traceFromHeaders,
} from '@postbook/service-kit/edge';
import { GraphQLError } from 'graphql';
import { type Authenticator, toViewer } from '../auth/authenticator.ts';
import type { GatewayContext } from '../context.ts';
import type { ErrorFormatter } from '../errors/format-error.ts';
import type { LimitCheck } from '../limits/limit-check.ts';
import type { ReportOperation } from '../operations/operation-reports.ts';
import type { EventStreamEndpoint } from '../sse/event-stream-endpoint.ts';
import { readAccept } from './accepted-media.ts';
import type { ClientInfoReader } from './client-info.ts';
import { sendError, statusOf, unsupportedBody } from './http-errors.ts';
import { hasReadableBody, isPreflighted, operationFromBody, operationFromUrl } from './operation-from-http.ts';
import type { OriginPolicy } from './origin-policy.ts';
import type { RequestBodies } from './request-bodies.ts';

/** Options of {@link graphqlEndpoint}. */
export interface GraphqlEndpointOptions {
  readonly path: string;
  readonly apollo: ApolloServer<GatewayContext>;
  readonly authenticator: Authenticator;
  readonly origins: OriginPolicy;
  readonly clientInfo: ClientInfoReader;
  readonly maxBodyBytes: number;
  /** Answers requests that want an event stream. */
  readonly eventStreams: EventStreamEndpoint;
  readonly bodyOf: RequestBodies;
  readonly format: ErrorFormatter;
  readonly exceededLimit: LimitCheck;
  readonly report: ReportOperation;
}

/** Apollo Server takes the status of a response from the error's extensions, and removes it there. */
function withStatus(error: unknown, status = statusOf(error)): unknown {
  if (status === 500 || !(error instanceof Error)) return error;
  return new GraphQLError(error.message, { originalError: error, extensions: { http: { status } } });
}

/** The text that a request wants to have executed, if it can be made out; Apollo Server tells what is wrong otherwise. */
function queryOf(request: IncomingMessage, rawBody: string): string {
  try {
    const { query } = request.method === 'GET' ? operationFromUrl(request.url) : operationFromBody(rawBody);
    return query;
  } catch {
    return '';
  }
}

/** Answers are for the program that asked: never kept, never sniffed, never shown as a page or put into a frame. */
const ANSWER_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

/** GraphQL over HTTP. A bad token fails the whole request: half-anonymous answers would look like lost data. */
export function graphqlEndpoint(options: GraphqlEndpointOptions): HttpRoute {
  const { path, apollo, authenticator, origins, clientInfo, maxBodyBytes, eventStreams, bodyOf, format } = options;

  /** The limits act here, as Apollo Server would apply them together with the rules that they are to protect. */
  function checkLimits(request: IncomingMessage, rawBody: string, trace: RequestTrace): void {
    const startedAt = performance.now();
    const error = options.exceededLimit(queryOf(request, rawBody));
    if (!error) return;
    const milliseconds = performance.now() - startedAt;
    options.report({ kind: 'invalid', name: undefined, milliseconds, outcome: error.code }, trace);
    throw withStatus(error, readAccept(request.headers.accept).onlyPlainJson ? 200 : 400);
  }

  async function createContext(request: IncomingMessage, rawBody: string): Promise<GatewayContext> {
    const trace = currentRequestTrace() ?? traceFromHeaders(request.headers);
    const client = clientInfo(request);
    checkLimits(request, rawBody, trace);
    const headers = () => request.headers;
    try {
      const claims = await authenticator.authenticate(request.headers.authorization);
      return { trace, client, headers, ...(claims ? { viewer: toViewer(claims) } : {}) };
    } catch (error) {
      throw withStatus(error);
    }
  }

  const route = graphqlRoute({ path, server: apollo, maxBodyBytes, bodyOf, createContext });
  return {
    path,
    async handle(request, response) {
      if (origins.apply(request, response)) return;
      for (const [name, value] of Object.entries(ANSWER_HEADERS)) response.setHeader(name, value);
      if (await eventStreams.isFor(request)) await eventStreams.handle(request, response);
      else if (isPreflighted(request) && !hasReadableBody(request)) sendError(response, unsupportedBody(), format);
      else await route.handle(request, response);
    },
  };
}
