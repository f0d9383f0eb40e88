import type { Server } from 'node:http';
import { GraphQLError, type GraphQLSchema, getOperationAST, parse, validate } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { BadUserInputError, ForbiddenError } from '../errors/app-error.ts';
import { maskError } from '../errors/mask-error.ts';
import type { RequestScope } from '../graphql/request-scope.ts';
import { subscribeAfresh } from '../graphql/subscribe-afresh.ts';
import {
  GATEWAY_SERVICE,
  type IdentityVerifier,
  type InternalIdentity,
  subscriptionBody,
} from '../identity/internal-identity.ts';
import type { Component } from '../lifecycle/component.ts';
import { type LiveRequest, readLiveRequest } from '../live/live-protocol.ts';
import type { Logger } from '../logging/logger.ts';

/** Options of {@link createSubscriptionServer}. */
export interface SubscriptionServerOptions<Context extends RequestScope> {
  readonly server: Server;
  readonly path: string;
  readonly schema: GraphQLSchema;
  readonly identities: IdentityVerifier;
  createContext(scope: RequestScope): Context;
  readonly log: Logger;
}

/**
 * What a subscription asks of the live protocol.
 *
 * @throws ForbiddenError when a topic is asked for by anybody but the gateway itself: a topic tells its events without
 * asking who listens.
 */
function liveRequestOf(asked: unknown, { service, viewer }: InternalIdentity): LiveRequest | undefined {
  if (asked === undefined) return undefined;
  const request = readLiveRequest(asked);
  if (!request) throw new BadUserInputError('The live protocol is not used like this.');
  if (request.mode === 'topic' && (service !== GATEWAY_SERVICE || viewer)) {
    throw new ForbiddenError('Only the gateway may listen to a topic.');
  }
  return request;
}

/** The operation that a verified subscribe message asks for. */
function prepare<Context extends RequestScope>(
  options: SubscriptionServerOptions<Context>,
  payload: Parameters<typeof subscriptionBody>[0] & {
    extensions?: Readonly<Record<string, unknown>> | null | undefined;
  },
) {
  const identity = options.identities.verify(String(payload.extensions?.identity ?? ''), subscriptionBody(payload));
  const document = parse(payload.query ?? '');
  const invalid = validate(options.schema, document);
  if (invalid.length > 0) return invalid;
  const operation = getOperationAST(document, payload.operationName);
  if (operation?.operation !== 'subscription' || identity.operationType !== 'subscription') {
    return [new GraphQLError('Only signed subscriptions are answered here.', { extensions: { code: 'BAD_REQUEST' } })];
  }
  const live = liveRequestOf(payload.extensions?.live, identity);
  const scope = live ? { identity, live } : { identity };
  return {
    schema: options.schema,
    document,
    operationName: payload.operationName ?? null,
    variableValues: payload.variables ?? null,
    contextValue: options.createContext(scope),
    afresh: { freshContext: () => options.createContext(scope), mustBeLive: live?.mode === 'topic' },
  };
}

/**
 * Subscriptions over graphql-transport-ws. One socket of the gateway carries those of many people, so the identity comes
 * with each subscription and not with the socket.
 */
export function createSubscriptionServer<Context extends RequestScope>(
  options: SubscriptionServerOptions<Context>,
): Component {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 1024 * 1024 });
  options.server.on('upgrade', (request, socket, head) => {
    if (request.url?.split('?', 1)[0] !== options.path) return socket.destroy();
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
  });

  const handler = useServer(
    {
      schema: options.schema,
      onSubscribe(_context, _id, payload) {
        try {
          return prepare(options, payload);
        } catch (cause) {
          const error =
            cause instanceof GraphQLError ? cause : new GraphQLError('refused', { originalError: cause as Error });
          const { message, extensions } = maskError(error.toJSON(), error, options.log);
          return [new GraphQLError(message, { extensions: extensions ?? null })];
        }
      },
      subscribe: (args) =>
        subscribeAfresh(args, {
          ...(args as unknown as { afresh: { freshContext: () => unknown; mustBeLive: boolean } }).afresh,
          mask: (formatted, error) => maskError(formatted, error, options.log),
        }),
    },
    sockets,
    // Pings every 12 s; a peer that misses one is gone.
    12_000,
  );

  return {
    name: 'subscription server',
    start: async () => undefined,
    stop: async () => {
      await handler.dispose();
      sockets.close();
    },
  };
}
