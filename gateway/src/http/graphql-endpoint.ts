import type { IncomingMessage } from 'node:http';
import type { ApolloServer } from '@apollo/server';
import { currentRequestTrace, graphqlRoute, type HttpRoute, traceFromHeaders } from '@postbook/service-kit';
import { GraphQLError } from 'graphql';
import { type Authenticator, toViewer } from '../auth/authenticator.ts';
import type { GatewayContext } from '../context.ts';
import { KeysUnavailableError, TokenRefusedError } from '../errors/gateway-errors.ts';
import type { ClientInfoReader } from './client-info.ts';
import type { OriginPolicy } from './origin-policy.ts';

/** Options of {@link graphqlEndpoint}. */
export interface GraphqlEndpointOptions {
  readonly path: string;
  readonly apollo: ApolloServer<GatewayContext>;
  readonly authenticator: Authenticator;
  readonly origins: OriginPolicy;
  readonly clientInfo: ClientInfoReader;
  readonly maxBodyBytes: number;
}

/** The HTTP status of a request that is refused before it is looked at. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof TokenRefusedError) return 401;
  return error instanceof KeysUnavailableError ? 503 : undefined;
}

/** Apollo Server takes the status of a response from the error's extensions, and removes it there. */
function withStatus(error: unknown): unknown {
  const status = statusOf(error);
  if (status === undefined || !(error instanceof Error)) return error;
  return new GraphQLError(error.message, { originalError: error, extensions: { http: { status } } });
}

/** GraphQL over HTTP. A bad token fails the whole request: half-anonymous answers would look like lost data. */
export function graphqlEndpoint(options: GraphqlEndpointOptions): HttpRoute {
  const { path, apollo, authenticator, origins, clientInfo, maxBodyBytes } = options;

  async function createContext(request: IncomingMessage): Promise<GatewayContext> {
    const trace = currentRequestTrace() ?? traceFromHeaders(request.headers);
    const client = clientInfo(request);
    const headers = () => request.headers;
    try {
      const claims = await authenticator.authenticate(request.headers.authorization);
      return { trace, client, headers, ...(claims ? { viewer: toViewer(claims) } : {}) };
    } catch (error) {
      throw withStatus(error);
    }
  }

  const route = graphqlRoute({ path, server: apollo, maxBodyBytes, createContext });
  return {
    path,
    async handle(request, response) {
      if (origins.apply(request, response)) return;
      response.setHeader('cache-control', 'no-store');
      response.setHeader('x-content-type-options', 'nosniff');
      await route.handle(request, response);
    },
  };
}
