import type { OnProgress, StoreName } from './types.ts';

/** Reports the begin, the end and the duration of one slow step of one store. */
export interface Reporter {
  /** Runs `work`, reporting `message` before it and how long it took after it. */
  step<T>(message: string, work: () => Promise<T>): Promise<T>;
  /** Something unexpected that was dealt with. */
  warn(message: string): void;
}

/** Binds progress to one store, so that engines need not repeat its name. */
export function createReporter(store: StoreName | 'all', onProgress: OnProgress = () => undefined): Reporter {
  return {
    async step(message, work) {
      const begun = performance.now();
      onProgress({ store, kind: 'step', message });
      const result = await work();
      onProgress({ store, kind: 'done', message, elapsedMs: Math.round(performance.now() - begun) });
      return result;
    },
    warn: (message) => onProgress({ store, kind: 'warning', message }),
  };
}
