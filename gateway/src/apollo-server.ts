import { ApolloServer, type ApolloServerOptions, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
} from '@apollo/server/plugin/disabled';
import {
  type createOperationMetrics,
  type Logger,
  type OperationLimits,
  operationMetricsPlugin,
  operationSpanPlugin,
} from '@postbook/service-kit/edge';
import { GraphQLError } from 'graphql';
import type { GatewayContext } from './context.ts';
import type { ErrorFormatter } from './errors/format-error.ts';
import { SocketNeededError, UnknownOperationError } from './errors/gateway-errors.ts';
import type { FederatedGraph } from './graph/federated-graph.ts';
import { stringifyResponse } from './graph/written-data.ts';
import { plainJsonStatusPlugin } from './http/plain-json-status.ts';
import { operationLimitsRule } from './limits/operation-limits.ts';
import { operationLogPlugin } from './operations/operation-reports.ts';
import type { FetchTraces } from './telemetry/studio/fetch-traces.ts';
import type { StudioConfig } from './telemetry/studio/studio-config.ts';
import { studioPlugins } from './telemetry/studio/studio-plugins.ts';

/** Options of {@link createApolloServer}. */
export interface ApolloServerSetup {
  readonly graph: FederatedGraph;
  readonly introspection: boolean;
  readonly limits: OperationLimits;
  readonly format: ErrorFormatter;
  readonly metrics: ReturnType<typeof createOperationMetrics>;
  /** The gate, before execution. */
  readonly gatePlugin: ApolloServerPlugin<GatewayContext>;
  readonly persistedQueries: ApolloServerOptions<GatewayContext>['persistedQueries'];
  readonly log: Logger;
  /** Absent: nothing is reported. */
  readonly studio?: StudioConfig | undefined;
  /** What is collected of subgraphs for reports. */
  readonly traces?: FetchTraces | undefined;
}

const badRequest = (originalError: Error) =>
  new GraphQLError(originalError.message, { originalError, extensions: { http: { status: 400 } } });

/**
 * Refuses, before anything is planned, what can't be run: an operation that isn't in the document, which the
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

/** Apollo Server over the federated graph: parsing, limits, validation, execution, masking. Without `studio` it calls nobody outside. */
export function createApolloServer(setup: ApolloServerSetup): ApolloServer<GatewayContext> {
  const { graph, introspection, limits, format, metrics, log, studio, traces } = setup;
  return new ApolloServer<GatewayContext>({
    gateway: graph.forApollo,
    ...(studio ? { apollo: { key: studio.key, graphRef: studio.graphRef } } : {}),
    plugins: [
      refuseUnrunnable,
      setup.gatePlugin,
      operationMetricsPlugin<GatewayContext>(metrics),
      operationSpanPlugin<GatewayContext>(),
      operationLogPlugin(log),
      plainJsonStatusPlugin,
      ...studioPlugins(studio, traces),
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
    stringifyResult: async (value) => stringifyResponse(value),
    formatError: format,
    logger: log,
  });
}
