import { context, trace } from '@opentelemetry/api';
import type { Component } from '../../lifecycle/component.ts';
import { tracePostgresStatements } from './postgres-spans.ts';
import { traceRedisCommands } from './redis-spans.ts';
import { setTracing } from './spans.ts';

/** Where traces go. */
export interface TracingConfig {
  /** Base URL of an OTLP/HTTP collector; spans are sent to `/v1/traces` below it. */
  readonly endpoint: string;
  /** The part of new traces that is kept, from 0 to 1. A caller's decision is followed. */
  readonly ratio: number;
}

/** Loads the SDK, which a process without tracing doesn't, and makes what spans are sent with. */
async function createProvider(service: string, { endpoint, ratio }: TracingConfig) {
  const [sdk, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
  return new sdk.TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.namespace': 'postbook' }),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter })],
  });
}

/**
 * OpenTelemetry for the process: from `start` on spans are recorded and sent in the background; `stop` sends the rest. A
 * collector that is away costs spans, nothing else. Made before clients of stores, as those decide then whether they tell
 * of their commands.
 */
export function createTracing(service: string, config: TracingConfig): Component {
  let stop = async () => {};
  setTracing(true);
  return {
    name: 'tracing',
    async start() {
      const { AsyncLocalStorageContextManager } = await import('@opentelemetry/context-async-hooks');
      const provider = await createProvider(service, config);
      context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
      trace.setGlobalTracerProvider(provider);
      const hooks = [traceRedisCommands(), tracePostgresStatements()];
      stop = async () => {
        stop = async () => {};
        for (const end of hooks) end();
        setTracing(false);
        trace.disable();
        context.disable();
        // What can't be sent at the end is lost; it must not keep the process.
        await provider.shutdown().catch(() => undefined);
      };
    },
    stop: () => stop(),
  };
}
