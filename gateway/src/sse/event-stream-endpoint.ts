import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApolloServer } from '@apollo/server';
import { currentRequestTrace, traceFromHeaders } from '@postbook/service-kit/edge';
import type { AccessClaims } from '../auth/access-claims.ts';
import { type Authenticator, toViewer } from '../auth/authenticator.ts';
import type { GatewayContext } from '../context.ts';
import type { ErrorFormatter } from '../errors/format-error.ts';
import { ConnectionLimitError, StoppingError } from '../errors/gateway-errors.ts';
import { readAccept } from '../http/accepted-media.ts';
import type { ClientInfoReader } from '../http/client-info.ts';
import { BadHttpRequestError, sendError, unsupportedBody } from '../http/http-errors.ts';
import { hasReadableBody, isPreflighted, operationFromBody, operationFromUrl } from '../http/operation-from-http.ts';
import type { RequestBodies } from '../http/request-bodies.ts';
import type { ConnectionCaps } from '../limits/connection-caps.ts';
import type { ConnectionLimits } from '../limits/limit-variables.ts';
import type { OperationAdmission } from '../operations/operation-admission.ts';
import type { ReportOperation } from '../operations/operation-reports.ts';
import type { OperationRequest } from '../operations/operation-request.ts';
import type { SessionGuard } from '../sockets/socket-session.ts';
import type { EventStreams } from './event-streams.ts';
import { runOnStream } from './run-on-stream.ts';

/** Options of {@link createEventStreamEndpoint}. */
export interface EventStreamEndpointOptions {
  readonly apollo: ApolloServer<GatewayContext>;
  readonly admission: OperationAdmission;
  readonly authenticator: Authenticator;
  /** Absent when nobody logs in. */
  readonly guard: SessionGuard | undefined;
  readonly caps: ConnectionCaps;
  readonly connections: ConnectionLimits;
  readonly clientInfo: ClientInfoReader;
  readonly bodyOf: RequestBodies;
  readonly format: ErrorFormatter;
  readonly report: ReportOperation;
  readonly streams: EventStreams;
}

/** A request that may have a stream. */
export interface StreamRequest {
  readonly request: OperationRequest;
  readonly method: string;
  readonly context: GatewayContext;
  readonly claims: AccessClaims | undefined;
}

/** Answers requests with event streams. */
export interface EventStreamEndpoint {
  /** Whether the request is to be answered so. Clients that take JSON as well get streams for subscriptions alone. */
  isFor(request: IncomingMessage): Promise<boolean>;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Refuses what is none of GraphQL over HTTP, and what a page of another site could have sent on a visitor's behalf. */
function checkRequest(request: IncomingMessage): void {
  const { method } = request;
  if (method !== 'GET' && method !== 'POST') throw new BadHttpRequestError('Only GET and POST are answered.', 405);
  if (!isPreflighted(request)) {
    throw new BadHttpRequestError('Send "content-type: application/json" or a header "apollo-require-preflight".');
  }
  if (!hasReadableBody(request)) throw unsupportedBody();
}

const readRequest = async (request: IncomingMessage, bodyOf: RequestBodies): Promise<OperationRequest> =>
  request.method === 'GET' ? operationFromUrl(request.url) : operationFromBody(await bodyOf(request));

/**
 * GraphQL over server-sent events, "distinct connections mode" of graphql-sse: each operation is a request of its own,
 * answered with `next` events and a `complete`. What is wrong with the request is an HTTP status; what is wrong with the
 * operation is an event, as the protocol wants it.
 */
export function createEventStreamEndpoint(options: EventStreamEndpointOptions): EventStreamEndpoint {
  const { admission, authenticator, caps, connections, clientInfo, format, streams } = options;

  async function readStreamRequest(message: IncomingMessage): Promise<StreamRequest> {
    if (streams.isStopping) throw new StoppingError();
    checkRequest(message);
    const client = clientInfo(message);
    if (caps.isAddressFull(client.ip))
      throw new ConnectionLimitError('connections per address', connections.perAddress);
    const claims = await authenticator.authenticate(message.headers.authorization);
    const trace = currentRequestTrace() ?? traceFromHeaders(message.headers);
    return {
      request: await readRequest(message, options.bodyOf),
      method: message.method ?? 'POST',
      context: { trace, client, headers: () => message.headers, ...(claims ? { viewer: toViewer(claims) } : {}) },
      claims,
    };
  }

  /** Anything that isn't clearly a subscription is better answered, or refused, as a plain request. */
  async function asksForSubscription(message: IncomingMessage): Promise<boolean> {
    try {
      const read = await admission.read(await readRequest(message, options.bodyOf));
      return !('errors' in read) && read.operation.operation === 'subscription';
    } catch {
      return false;
    }
  }

  return {
    async isFor(message) {
      const { eventStream, json } = readAccept(message.headers.accept);
      return eventStream && (!json || (await asksForSubscription(message)));
    },
    async handle(message, response) {
      try {
        await runOnStream(await readStreamRequest(message), response, options);
      } catch (error) {
        if (response.headersSent || response.destroyed) throw error;
        sendError(response, error, format);
      }
    },
  };
}
