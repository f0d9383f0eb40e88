import type { CommandConfig } from '../config.ts';
import { sayDone, sayWarning } from '../console/say.ts';
import { buildExplorer } from './explorer-build.ts';
import { migrateAll } from './migrate.ts';
import { choosePorts } from './ports.ts';
import { forgetRunning, recordRunning, runningGraph } from './run-lock.ts';
import { localSecrets } from './secrets.ts';
import { planServices, type ServiceSpec, type StoreAddresses } from './services.ts';
import { startStores } from './stores-process.ts';
import { type SupervisedProcess, superviseProcess } from './supervised-process.ts';

/** The whole graph, running on this machine. */
export interface Stack {
  /** The gateway's address. */
  readonly url: string;
  /** Where auth puts mails while no SMTP server is given; undefined when one is. */
  readonly mailboxDir: string | undefined;
  readonly stores: StoreAddresses;
  /** How every service is started, those that are held back too. */
  readonly specs: readonly ServiceSpec[];
  /** Those that run. */
  readonly services: ReadonlyArray<{ readonly spec: ServiceSpec; readonly process: SupervisedProcess }>;
  /** Starts the services that were held back. Does nothing when none is. */
  startHeld(): Promise<void>;
  /** Gateway first, then subgraphs, then stores. Idempotent. */
  stop(): Promise<void>;
}

const timed = async <T>(what: string, work: Promise<T>): Promise<T> => {
  const started = performance.now();
  const result = await work;
  sayDone(what, performance.now() - started);
  return result;
};

const supervise = (spec: ServiceSpec) =>
  superviseProcess({
    name: spec.name,
    entry: spec.entry,
    environment: spec.environment,
    onCrash: ({ exit, pauseMs }) => sayWarning(`${spec.name} ended (${exit}); starting it again in ${pauseMs} ms.`),
    onRecovered: () => sayDone(`${spec.name} is back`),
  });

/** A service that runs, and how it was started. */
type StartedService = Stack['services'][number];

/** Which services are not started before `startHeld`. */
export type IsHeld = (spec: ServiceSpec) => boolean;

/**
 * Starts stores, migrations, subgraphs and gateway, each in a process of its own that is started again when it dies.
 *
 * @throws Error when a graph runs in the same data folder already, or when a part can't start; nothing is left running.
 */
export async function startStack(config: CommandConfig, isHeld: IsHeld = () => false): Promise<Stack> {
  const other = runningGraph(config.dataDir);
  if (other)
    throw new Error(
      `The graph runs already at ${other.url} (process ${other.process.pid}): stop it first, or set POSTBOOK_DATA_DIR.`,
    );

  const running: SupervisedProcess[] = [];
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= (async () => {
      const [stores, ...services] = running;
      for (const service of services.filter(({ name }) => name === 'gateway')) await service.stop();
      await Promise.all(services.map((service) => service.stop()));
      await stores?.stop();
      forgetRunning(config.dataDir);
    })();
    return stopping;
  };

  try {
    const page = timed('GraphiQL page is built', buildExplorer(config.environment));
    page.catch(() => undefined);
    const [stores, ports] = await Promise.all([startStores(config, { durable: true }), choosePorts(config)]);
    running.push(stores.process);
    await timed('Databases are up to date', migrateAll(stores.addresses));
    const specs = planServices({ config, stores: stores.addresses, secrets: localSecrets(config.dataDir), ports });
    const started: StartedService[] = [];
    const bringUp = async (wanted: readonly ServiceSpec[]) => {
      if (wanted.length === 0) return;
      const names = wanted.map(({ name }) => name).join(', ');
      started.push(...(await timed(`Services are ready: ${names}`, startTogether(wanted, running))));
    };
    await bringUp(specs.filter((spec) => !isHeld(spec)));
    await page;
    const url = `http://127.0.0.1:${ports.get('gateway')}`;
    const services = Object.fromEntries(specs.map(({ name }) => [name, `http://127.0.0.1:${ports.get(name)}`]));
    recordRunning(config.dataDir, { url, services, stores: stores.addresses });
    const auth = specs.find(({ name }) => name === 'auth');
    return {
      url,
      mailboxDir: auth?.environment.SMTP_URL ? undefined : auth?.environment.MAILBOX_DIR,
      stores: stores.addresses,
      specs,
      services: started,
      startHeld: () => bringUp(specs.filter((spec) => !started.some(({ spec: other }) => other === spec))),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts services side by side; those that came up are noted even when another one fails, so that they are stopped. */
async function startTogether(specs: readonly ServiceSpec[], running: SupervisedProcess[]): Promise<StartedService[]> {
  const outcomes = await Promise.allSettled(
    specs.map(async (spec) => {
      const process = await supervise(spec);
      running.push(process);
      return { spec, process };
    }),
  );
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}
