import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import type { createOperationMetrics } from '../telemetry/metrics.ts';

/** Counts and times operations, by kind and outcome only: names are the client's and would flood the labels. */
export function operationMetricsPlugin<Context extends BaseContext>(
  metrics: ReturnType<typeof createOperationMetrics>,
): ApolloServerPlugin<Context> {
  return {
    async requestDidStart() {
      const started = performance.now();
      return {
        async willSendResponse({ operation, response }) {
          const type = operation?.operation ?? 'invalid';
          const body = response.body.kind === 'single' ? response.body.singleResult : response.body.initialResult;
          metrics.total.inc({ type, outcome: String(body.errors?.[0]?.extensions?.code ?? 'ok') });
          metrics.duration.observe({ type }, (performance.now() - started) / 1000);
        },
      };
    },
  };
}
