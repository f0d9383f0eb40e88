import { UplinkSupergraphManager } from '@apollo/gateway';
import type { Logger } from '@postbook/service-kit/edge';
import type { StudioConfig } from '../telemetry/studio/studio-config.ts';
import type { SupergraphFile } from './supergraph-file.ts';

/** Options of {@link openUplinkSupergraph}. */
export interface UplinkSupergraphOptions {
  readonly studio: Pick<StudioConfig, 'key' | 'graphRef' | 'uplinkEndpoints'>;
  readonly log: Logger;
  /** Called with each new supergraph. What it throws is logged; the one before stays. */
  readonly onChange: (sdl: string) => void;
}

type HookOptions = Parameters<UplinkSupergraphManager['initialize']>[0];

/**
 * The supergraph from Apollo Uplink, followed by polling, every ten seconds or as Uplink says.
 *
 * @throws when Uplink gives none, after a few tries.
 */
export async function openUplinkSupergraph(options: UplinkSupergraphOptions): Promise<SupergraphFile> {
  const { studio, log, onChange } = options;
  const { key: apiKey, graphRef, uplinkEndpoints } = studio;
  const logger = {
    debug: (message: unknown) => log.trace(String(message)),
    info: (message: unknown) => log.debug(String(message)),
    warn: (message: unknown) => log.warn(String(message)),
    error: (message: unknown) => log.error(String(message)),
  };
  const endpoints = uplinkEndpoints ? { uplinkEndpoints: [...uplinkEndpoints] } : {};
  const manager = new UplinkSupergraphManager({ apiKey, graphRef, logger, ...endpoints });
  const hooks: HookOptions = {
    update: onChange,
    healthCheck: async () => undefined,
    getDataSource: () => {
      throw new Error('Uplink composes without asking subgraphs');
    },
  };
  const { supergraphSdl, cleanup } = await manager.initialize(hooks);
  return { sdl: supergraphSdl, close: () => void cleanup() };
}
