import { ConfigError } from '../config/define-config.ts';
import type { Logger } from '../logging/logger.ts';

/** A server as `runService` drives it. */
export interface RunnableService {
  readonly log: Logger;
  start(): Promise<{ url: string }>;
  stop(): Promise<void>;
}

/** Exit code for a configuration that can't work (EX_CONFIG): restarting won't help. */
export const EXIT_BAD_CONFIG = 78;
/** How long a graceful stop may take, in milliseconds, before the process leaves anyway. */
export const STOP_DEADLINE_MS = 15_000;

/** Why a process is to stop; resolves once. */
function stopRequest(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => resolve(signal));
    // The parent that started us is gone, even if by kill -9: nobody would ever stop us.
    process.once('disconnect', () => resolve('parent gone'));
  });
}

/**
 * The whole of a service's `main.ts`: configuration, start, signals, stop. A parent process, if there is one, is told
 * `{type: 'ready', url}` or `{type: 'failed', message}` over IPC.
 */
export async function runService<Config>(
  loadConfig: () => Config,
  create: (config: Config) => RunnableService,
): Promise<void> {
  const stopRequested = stopRequest();
  let service: RunnableService;
  try {
    service = create(loadConfig());
  } catch (error) {
    const message = error instanceof ConfigError ? error.message : String((error as Error)?.stack ?? error);
    process.stderr.write(`${message}\n`);
    process.send?.({ type: 'failed', message });
    process.exit(EXIT_BAD_CONFIG);
  }
  const { log } = service;
  const fail = (error: unknown, what: string) => {
    log.fatal({ err: error }, what);
    process.exit(1);
  };
  // A fault that nobody caught leaves the process in an unknown state; a fresh one is safer than a limping one.
  process.on('uncaughtException', (error) => fail(error, 'uncaught exception'));
  process.on('unhandledRejection', (error) => fail(error, 'unhandled rejection'));
  try {
    const { url } = await Promise.race([
      service.start(),
      stopRequested.then(() => Promise.reject(new Error('stopped while starting'))),
    ]);
    log.info({ url }, 'ready');
    process.send?.({ type: 'ready', url });
  } catch (error) {
    log.fatal({ err: error }, 'could not start');
    process.send?.({ type: 'failed', message: (error as Error).message });
    process.exit(1);
  }
  const reason = await stopRequested;
  log.info({ reason }, 'stopping');
  setTimeout(() => fail(undefined, 'did not stop in time'), STOP_DEADLINE_MS).unref();
  await service.stop();
  log.info('stopped');
  process.exit(0);
}
