import type { ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginUsageReportingDisabled } from '@apollo/server/plugin/disabled';
import { ApolloServerPluginUsageReporting } from '@apollo/server/plugin/usageReporting';
import type { GatewayContext } from '../../context.ts';
import type { FetchTraces } from './fetch-traces.ts';
import type { StudioConfig } from './studio-config.ts';

/** Without a key, the plugins that keep Apollo Server from calling out; with one, those that report usage. */
export function studioPlugins(
  config: StudioConfig | undefined,
  traces: FetchTraces | undefined,
): ApolloServerPlugin<GatewayContext>[] {
  if (!config) return [ApolloServerPluginUsageReportingDisabled()];
  const reporting = ApolloServerPluginUsageReporting<GatewayContext>({
    // What people wrote stays here: no variables, no headers, and of errors nothing but that there were some.
    sendVariableValues: { none: true },
    sendHeaders: { none: true },
    sendErrors: { masked: true },
    fieldLevelInstrumentation: config.traceRatio,
    ...(config.reportingEndpoint === undefined ? {} : { endpointUrl: config.reportingEndpoint }),
  });
  return [...(traces ? [traces.plugin] : []), reporting];
}
