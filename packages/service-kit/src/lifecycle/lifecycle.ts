import type { Logger } from '../logging/logger.ts';
import type { Component } from './component.ts';

/** Where a process is in its life. Readiness is `running` only. */
export type LifecycleState = 'created' | 'starting' | 'running' | 'stopping' | 'stopped';

/** Starts components in order and stops them in the opposite order. */
export interface Lifecycle {
  readonly state: LifecycleState;
  readonly components: readonly Component[];
  /** Starts all; if one fails, those already started are stopped and the failure is thrown. */
  start(): Promise<void>;
  /** Idempotent; every component is stopped even if another one fails to. */
  stop(): Promise<void>;
}

/** Components start in the given order: stores first, what uses them next, the server that lets requests in last. */
export function createLifecycle(components: readonly Component[], log: Logger): Lifecycle {
  let state: LifecycleState = 'created';
  let stopping: Promise<void> | undefined;
  const started: Component[] = [];

  async function stopStarted() {
    for (const component of started.splice(0).reverse()) {
      await component
        .stop()
        .catch((error: unknown) => log.error({ err: error }, `${component.name} did not stop cleanly`));
    }
  }

  return {
    components,
    get state() {
      return state;
    },
    async start() {
      state = 'starting';
      for (const component of components) {
        try {
          await component.start();
          started.push(component);
        } catch (error) {
          await component.stop().catch(() => undefined);
          await stopStarted();
          state = 'stopped';
          throw error;
        }
      }
      if (state === 'starting') state = 'running';
    },
    stop() {
      state = state === 'stopped' ? state : 'stopping';
      stopping ??= stopStarted().then(() => {
        state = 'stopped';
      });
      return stopping;
    },
  };
}
