import type { Metric, Registry } from 'prom-client';

/**
 * The metric of that name in the registry, made at the first call. Parts that exist several times in a process (a relay
 * per store, a consumer per group) share their metrics and tell themselves apart by labels; prom-client alone throws when
 * a name is registered twice.
 */
export function registerOnce<M extends Metric>(registry: Registry, name: string, make: () => M): M {
  return (registry.getSingleMetric(name) as M | undefined) ?? make();
}
