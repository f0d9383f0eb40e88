import type { AppError } from '../errors/app-error.ts';
import type { Logger } from '../logging/logger.ts';
import type { LiveTopics, Unsubscribe } from './live-topics.ts';

/** Options of {@link watchAccess}. */
export interface AccessWatchOptions {
  readonly topics: Pick<LiveTopics, 'subscribe'>;
  readonly topic: string;
  /** Whether a message of the topic may have changed what the viewer may see. Must not throw; called for each. */
  readonly concerns: (message: unknown) => boolean;
  /** Whether the viewer may still listen. @throws an error that `isRefusal` knows when they may not. */
  readonly check: () => Promise<unknown>;
  readonly isRefusal: (error: unknown) => error is AppError;
  /** How often it is looked without a message, in milliseconds. */
  readonly checkMs: number;
  /** Called at the most once. */
  readonly onRefused: (error: AppError) => void;
  readonly log: Logger;
}

/** A watch that is kept. */
export interface AccessWatch {
  /** Resolves once nothing can be missed any more: the topic is listened to and access was checked after. */
  readonly ready: Promise<void>;
  stop(): void;
}

/**
 * Watches over a viewer's access to a topic whose events they get another way: no event is read or made for them, so
 * thousands of watches cost next to nothing. A check that fails for another reason, such as a store that is away, says
 * nothing about access; the next one decides.
 */
export function watchAccess(options: AccessWatchOptions): AccessWatch {
  const { topics, topic, concerns, checkMs, log } = options;
  let isStopped = false;
  let unsubscribe: Unsubscribe | undefined;
  let timer: NodeJS.Timeout | undefined;

  function stop(): void {
    isStopped = true;
    clearTimeout(timer);
    unsubscribe?.();
  }

  async function check(): Promise<void> {
    try {
      await options.check();
    } catch (error) {
      if (isStopped) return;
      if (!options.isRefusal(error)) return log.debug({ err: error, topic }, 'access to a topic could not be checked');
      stop();
      options.onRefused(error);
    }
  }

  function schedule(): void {
    if (isStopped) return;
    // Spread, as watches tend to begin together.
    timer = setTimeout(() => void check().then(schedule), checkMs * (0.75 + Math.random() / 2));
    timer.unref();
  }

  async function start(): Promise<void> {
    const detach = await topics.subscribe(topic, {
      onMessage(message) {
        if (!isStopped && concerns(message)) void check();
      },
      onGap() {
        if (!isStopped) void check();
      },
    });
    if (isStopped) return detach();
    unsubscribe = detach;
    await check();
    schedule();
  }

  return { ready: start(), stop };
}
