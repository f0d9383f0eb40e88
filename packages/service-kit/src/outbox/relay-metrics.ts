import { Counter, Gauge, type Registry } from 'prom-client';
import { registerOnce } from '../telemetry/register-once.ts';

/** What operators see of a relay. */
export interface RelayMetrics {
  published(count: number): void;
  failed(): void;
  backlog(pending: number, lagSeconds: number): void;
}

/** Metrics in the registry, labelled with the outbox's name, or none when there is no registry. */
export function createRelayMetrics(registry: Registry | undefined, outbox: string): RelayMetrics {
  if (!registry) return { published() {}, failed() {}, backlog() {} };
  const settings = (name: string, help: string) => ({ name, help, labelNames: ['outbox'], registers: [registry] });
  const counter = (name: string, help: string) => registerOnce(registry, name, () => new Counter(settings(name, help)));
  const gauge = (name: string, help: string) => registerOnce(registry, name, () => new Gauge(settings(name, help)));
  const published = counter('outbox_published_total', 'Events that the bus has taken');
  const errors = counter('outbox_errors_total', 'Failed tries to publish');
  const pending = gauge('outbox_pending', 'Events not yet published');
  const lag = gauge('outbox_lag_seconds', 'Age of the oldest event not yet published');
  return {
    published: (count) => published.inc({ outbox }, count),
    failed: () => errors.inc({ outbox }),
    backlog(count, seconds) {
      pending.set({ outbox }, count);
      lag.set({ outbox }, seconds);
    },
  };
}
