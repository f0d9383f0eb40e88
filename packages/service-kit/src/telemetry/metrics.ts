import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** A Prometheus registry with the process's own figures (CPU, memory, event loop delay). */
export function createMetrics(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** Figures about the operations that a GraphQL server executes. */
export function createOperationMetrics(registry: Registry) {
  return {
    /** Operations by kind and outcome (`ok` or the first error's code). */
    total: new Counter({
      name: 'graphql_operations_total',
      help: 'GraphQL operations executed',
      labelNames: ['type', 'outcome'],
      registers: [registry],
    }),
    /** How long they took, in seconds. */
    duration: new Histogram({
      name: 'graphql_operation_duration_seconds',
      help: 'Duration of GraphQL operations',
      labelNames: ['type'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [registry],
    }),
  };
}
