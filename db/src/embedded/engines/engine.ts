import type { ManagedProcess, ProcessHost } from '../managed-process.ts';
import type { Placement } from '../placement.ts';
import type { PortBook } from '../ports.ts';
import type { EmbeddedConfig, StorePorts } from '../types.ts';

/** What every engine is given. */
export interface EngineContext {
  readonly placement: Placement;
  readonly ports: PortBook;
  readonly fixedPorts: StorePorts;
  readonly host: ProcessHost;
  readonly config: EmbeddedConfig;
  readonly durable: boolean;
}

/** A started engine. */
export interface RunningEngine {
  readonly url: string;
  readonly engine: string;
  readonly why: string;
  /** In the order in which they are stopped. */
  readonly processes: readonly ManagedProcess[];
}
