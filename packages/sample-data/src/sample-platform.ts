import { createPlatform, type Platform, type SubgraphConfig } from '@postbook/service-kit';

/**
 * The platform of a process that fills a sample: without live messages, as nobody listens to the past, and so that the
 * relay of the running service publishes the events in large batches and not one by one.
 */
export function createSamplePlatform(name: string, config: SubgraphConfig): Platform {
  const platform = createPlatform(name, config);
  return { ...platform, live: { ...platform.live, publish: async () => undefined } };
}
