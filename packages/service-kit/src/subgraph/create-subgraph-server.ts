import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginInlineTrace } from '@apollo/server/plugin/inlineTrace';
import { buildSubgraphSchema, type GraphQLResolverMap } from '@apollo/subgraph';
import type { DocumentNode } from 'graphql';
import type { SubgraphConfig } from '../config/environment.ts';
import { BadUserInputError } from '../errors/app-error.ts';
import { maskError } from '../errors/mask-error.ts';
import { dateTimeScalar } from '../graphql/date-time-scalar.ts';
import { identityPlugin } from '../graphql/identity-plugin.ts';
import { operationMetricsPlugin } from '../graphql/operation-metrics-plugin.ts';
import type { RequestScope } from '../graphql/request-scope.ts';
import { graphqlRoute } from '../http/graphql-route.ts';
import { healthRoutes } from '../http/health-routes.ts';
import { createHttpServer, type HttpRoute } from '../http/http-server.ts';
import { jobRoutes } from '../http/job-routes.ts';
import { createOperatorAccess } from '../http/operator-access.ts';
import { createIdentityVerifier, IDENTITY_HEADER } from '../identity/internal-identity.ts';
import type { Component } from '../lifecycle/component.ts';
import { createLifecycle } from '../lifecycle/lifecycle.ts';
import type { RunnableService } from '../lifecycle/run-service.ts';
import type { Platform } from '../platform/create-platform.ts';
import { createOperationMetrics } from '../telemetry/metrics.ts';
import { operationSpanPlugin } from '../telemetry/tracing/operation-span-plugin.ts';
import { createSubscriptionServer } from './subscription-server.ts';

/** Largest request body a subgraph takes, in bytes. The gateway's own limit on clients is lower. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** Everything that makes a subgraph, so that knowing one is knowing all. */
export interface SubgraphDefinition<Context extends RequestScope> {
  /** The subgraph's name in the supergraph. */
  readonly name: string;
  readonly config: SubgraphConfig;
  /** From `createPlatform(name, config)`. */
  readonly platform: Platform;
  readonly typeDefs: DocumentNode;
  /** By type and field; each subgraph types its own from its SDL. */
  readonly resolvers: object;
  /** Makes the context of one request, or of one event of a subscription: the place for dataloaders. */
  createContext(scope: RequestScope): Context;
  /**
   * The subgraph's own parts: stores, relays, consumers, in the order in which they start. Jobs of the platform's
   * scheduler run after them. All stop in the opposite order, after the server.
   */
  readonly components: readonly Component[];
  /** Further paths, such as a key set. */
  readonly routes?: readonly HttpRoute[];
  /** See `HttpServerOptions.requestTimeoutMs`: for services that take large bodies. */
  readonly requestTimeoutMs?: number;
}

/**
 * Turns typeDefs and resolvers into a running subgraph: signed GraphQL over HTTP and graphql-transport-ws at `/graphql`,
 * health and metrics, errors masked in one place, graceful stop.
 */
export function createSubgraphServer<Context extends RequestScope>(
  definition: SubgraphDefinition<Context>,
): RunnableService {
  const { config, name, platform } = definition;
  const { log, metrics, nonces, scheduler } = platform;
  const identities = createIdentityVerifier({ secret: config.internalIdentitySecret, audience: name });
  const schema = buildSubgraphSchema([
    {
      typeDefs: definition.typeDefs,
      resolvers: { DateTime: dateTimeScalar, ...definition.resolvers } as GraphQLResolverMap,
    },
  ]);
  const plugins: ApolloServerPlugin<Context>[] = [
    identityPlugin<Context>(nonces),
    operationMetricsPlugin<Context>(createOperationMetrics(metrics)),
    operationSpanPlugin<Context>(),
    ApolloServerPluginUsageReportingDisabled(),
    // Timed only where a call asks for it, and only signed calls get this far.
    ApolloServerPluginInlineTrace({ includeErrors: { masked: true } }),
    ApolloServerPluginLandingPageDisabled(),
  ];
  const apollo = new ApolloServer<Context>({
    schema,
    plugins,
    // Only the gateway gets through to this server, and it asks for the SDL in no other way.
    introspection: true,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: false,
    formatError: (formatted, error) => maskError(formatted, error, log),
    stopOnTerminationSignals: false,
    logger: log,
  });
  const isOperator = createOperatorAccess(config.operatorToken);
  const http = createHttpServer({
    host: config.host,
    port: config.port,
    requestTimeoutMs: definition.requestTimeoutMs,
    log,
    routes: [
      graphqlRoute({
        path: '/graphql',
        server: apollo,
        maxBodyBytes: MAX_BODY_BYTES,
        createContext: async (request, rawBody) => {
          // The signature is over the body; a GET carries its operation where no signature is.
          if (request.method !== 'POST') throw new BadUserInputError('Only POST is answered here.');
          const header = request.headers[IDENTITY_HEADER];
          return definition.createContext({
            identity: identities.verify(Array.isArray(header) ? header[0] : header, rawBody),
          });
        },
      }),
      ...healthRoutes(() => lifecycle, metrics, isOperator),
      ...jobRoutes(scheduler, isOperator),
      ...(definition.routes ?? []),
    ],
  });
  const apolloComponent: Component = { name: 'graphql', start: () => apollo.start(), stop: () => apollo.stop() };
  const subscriptions = createSubscriptionServer({
    server: http.server,
    path: '/graphql',
    schema,
    identities,
    createContext: (scope) => definition.createContext(scope),
    log,
  });
  const lifecycle = createLifecycle(
    [...platform.components, ...definition.components, scheduler, apolloComponent, http, subscriptions],
    log,
  );
  return {
    log,
    async start() {
      await lifecycle.start();
      return { url: http.url };
    },
    stop: () => lifecycle.stop(),
  };
}
