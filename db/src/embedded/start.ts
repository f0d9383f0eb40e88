import path from 'node:path';
import { readEmbeddedConfig } from './config.ts';
import { startEmbeddedPostgres } from './engines/embedded-postgres.ts';
import type { EngineContext, RunningEngine } from './engines/engine.ts';
import { startMongoDb } from './engines/mongodb.ts';
import { startRedis } from './engines/redis.ts';
import { asStoreError, URL_VARIABLE } from './errors.ts';
import type { ManagedProcess } from './managed-process.ts';
import { placeStores } from './placement.ts';
import { openPortBook } from './ports.ts';
import { openRegistry, type ProcessRegistry } from './process-registry.ts';
import { createReporter } from './progress.ts';
import type { EmbeddedStores, EmbeddedStoresOptions, StoreHandle, StoreName } from './types.ts';

type Engine = (context: EngineContext) => Promise<RunningEngine>;

/**
 * Starts the stores that are not given by URL, side by side, and resolves when all of them answer. They die with this
 * process; their data stays.
 * @throws EmbeddedStoreError naming the store, the reason and the remedy. What had been started is stopped again.
 */
export async function startEmbeddedStores(options: EmbeddedStoresOptions): Promise<EmbeddedStores> {
  const config = { ...readEmbeddedConfig(), ...options.config };
  const urls = options.urls ?? config.urls;
  const placement = placeStores(path.resolve(options.dataDir));
  const registry = await openRegistry(placement.dataDir, createReporter('all', options.onProgress));
  const ports = openPortBook(placement.dataDir);
  const started: ManagedProcess[] = [];
  const onStarted = (process: ManagedProcess): void => void started.push(process);

  const prepare = async (name: StoreName, url: string | undefined, engine: Engine): Promise<StoreHandle> => {
    if (url) return externalStore(name, url);
    const reporter = createReporter(name, options.onProgress);
    const host = { registry, reporter, supervise: options.supervise ?? false, onStarted };
    const context = { placement, ports, host, config, durable: options.durable, fixedPorts: options.ports ?? {} };
    try {
      const running = await reporter.step(`Starting ${name}`, () => engine(context));
      return embeddedStore(name, running);
    } catch (error) {
      throw asStoreError(name, `Starting ${name}`, error);
    }
  };

  const outcomes = await Promise.allSettled([
    prepare('postgres', urls.postgres, startEmbeddedPostgres),
    prepare('mongodb', urls.mongodb, startMongoDb),
    prepare('redis', urls.redis, startRedis),
  ]);
  const [postgres, mongodb, redis] = outcomes;
  if (postgres.status !== 'fulfilled' || mongodb.status !== 'fulfilled' || redis.status !== 'fulfilled') {
    await stopAll(started, registry);
    throw outcomes.find((outcome) => outcome.status === 'rejected')?.reason;
  }

  let stopped: Promise<void> | undefined;
  return {
    postgres: postgres.value,
    mongodb: mongodb.value,
    redis: redis.value,
    stop() {
      stopped ??= stopAll(started, registry);
      return stopped;
    },
  };
}

/** Latest first: a gateway goes before the server below it. Forgets the launcher only when all are gone. */
async function stopAll(started: readonly ManagedProcess[], registry: ProcessRegistry): Promise<void> {
  const frontEnds = started.filter((process) => process.isFrontEnd);
  await Promise.all(frontEnds.map((process) => process.stop()));
  await Promise.all(started.map((process) => process.stop()));
  registry.close();
}

function externalStore(name: StoreName, url: string): StoreHandle {
  const why = `${URL_VARIABLE[name]} is set: nothing is started`;
  return { name, url, engine: `your own (${URL_VARIABLE[name]})`, why, external: true, pids: [] };
}

function embeddedStore(name: StoreName, { url, engine, why, processes }: RunningEngine): StoreHandle {
  return {
    name,
    url,
    engine,
    why,
    external: false,
    get pids() {
      return processes.flatMap((process) => (process.pid === undefined ? [] : [process.pid]));
    },
  };
}
