import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { registerOnce } from '../telemetry/register-once.ts';

/** How an event left a consumer's hands. */
export type EventOutcome = 'handled' | 'retried' | 'dead';

/** What operators see of the bus. */
export interface EventBusMetrics {
  published(domain: string, count: number): void;
  handled(group: string, type: string, outcome: EventOutcome, seconds: number): void;
  /** From the change to the moment its event is handled. */
  lag(group: string, seconds: number): void;
  /** Events not yet acknowledged by the group: undelivered and delivered. */
  backlog(group: string, domain: string, count: number): void;
}

const none: EventBusMetrics = { published() {}, handled() {}, lag() {}, backlog() {} };

/** Metrics in the registry, or none when there is no registry. */
export function createEventBusMetrics(registry: Registry | undefined): EventBusMetrics {
  if (!registry) return none;
  const registers = [registry];
  const published = registerOnce(
    registry,
    'events_published_total',
    () =>
      new Counter({
        name: 'events_published_total',
        help: 'Events the bus has taken',
        labelNames: ['domain'],
        registers,
      }),
  );
  const handled = registerOnce(
    registry,
    'events_handled_total',
    () =>
      new Counter({
        name: 'events_handled_total',
        help: 'Tries to handle an event, by outcome',
        labelNames: ['group', 'type', 'outcome'],
        registers,
      }),
  );
  const duration = registerOnce(
    registry,
    'events_handler_duration_seconds',
    () =>
      new Histogram({
        name: 'events_handler_duration_seconds',
        help: 'How long one try to handle an event took',
        labelNames: ['group', 'type'],
        buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30],
        registers,
      }),
  );
  const lag = registerOnce(
    registry,
    'events_lag_seconds',
    () =>
      new Histogram({
        name: 'events_lag_seconds',
        help: 'From a change to the moment its event was handled',
        labelNames: ['group'],
        buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300],
        registers,
      }),
  );
  const backlog = registerOnce(
    registry,
    'events_group_backlog',
    () =>
      new Gauge({
        name: 'events_group_backlog',
        help: 'Events of a domain that a group has not acknowledged',
        labelNames: ['group', 'domain'],
        registers,
      }),
  );
  return {
    published: (domain, count) => published.inc({ domain }, count),
    handled(group, type, outcome, seconds) {
      handled.inc({ group, type, outcome });
      duration.observe({ group, type }, seconds);
    },
    lag: (group, seconds) => lag.observe({ group }, Math.max(0, seconds)),
    backlog: (group, domain, count) => backlog.set({ group, domain }, count),
  };
}
