import { ApolloServer, type ApolloServerOptions, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import {
  createOperationMetrics,
  type Logger,
  type OperationLimits,
  operationMetricsPlugin,
} from '@postbook/service-kit';
import { GraphQLError } from 'graphql';
import type { Registry } from 'prom-client';
import type { GatewayContext } from './context.ts';
import type { ErrorFormatter } from './errors/format-error.ts';
import { SocketNeededError, UnknownOperationError } from './errors/gateway-errors.ts';
import type { FederatedGraph } from './graph/federated-graph.ts';
import { operationLimitsRule } from './limits/operation-limits.ts';

/** Options of {@link createApolloServer}. */
export interface ApolloServerSetup {
  readonly graph: FederatedGraph;
  readonly introspection: boolean;
  readonly limits: OperationLimits;
  readonly format: ErrorFormatter;
  readonly registry: Registry;
  /** The gate, before execution. */
  readonly gatePlugin: ApolloServerPlugin<GatewayContext>;
  readonly persistedQueries: ApolloServerOptions<GatewayContext>['persistedQueries'];
  readonly log: Logger;
}

const badRequest = (originalError: Error) =>
  new GraphQLError(originalError.message, { originalError, extensions: { http: { status: 400 } } });

/**
 * Refuses, before anything is planned, what can't be run: an operation that isn't in the document, which the stock
 * executor would take for a fault of ours, and subscriptions, whose events have nowhere to go over HTTP.
 */
const refuseUnrunnable: ApolloServerPlugin<GatewayContext> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ operation, request }) {
        if (!operation) throw badRequest(new UnknownOperationError(request.operationName));
        if (operation.operation === 'subscription') throw badRequest(new SocketNeededError());
      },
    };
  },
};

/** Apollo Server over the federated graph: parsing, limits, validation, execution, masking. It calls nobody outside. */
export function createApolloServer(setup: ApolloServerSetup): ApolloServer<GatewayContext> {
  const { graph, introspection, limits, format, registry, log } = setup;
  return new ApolloServer<GatewayContext>({
    gateway: graph.forApollo,
    plugins: [
      refuseUnrunnable,
      setup.gatePlugin,
      operationMetricsPlugin<GatewayContext>(createOperationMetrics(registry)),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
    ],
    introspection,
    hideSchemaDetailsFromClientErrors: !introspection,
    parseOptions: { maxTokens: limits.tokens },
    validationRules: [operationLimitsRule(limits)],
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    persistedQueries: setup.persistedQueries ?? false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    stringifyResult: async (value) => JSON.stringify(value),
    formatError: format,
    logger: log,
  });
}
