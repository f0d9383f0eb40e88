import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { subgraphs } from '@postbook/schema';
import type { CommandConfig } from '../config.ts';
import { sayDone, sayWarning } from '../console/say.ts';
import type { ServiceSpec, StoreAddresses } from '../stack/services.ts';
import { fillSample } from './fill-sample.ts';
import { createSampleProgress } from './sample-progress.ts';
import { eventsSettled } from './settled.ts';
import { type TourAccount, tourAccounts } from './tour-accounts.ts';

/** Where the sample data goes. */
export interface SeedOptions {
  readonly config: CommandConfig;
  /** How the running services were started. */
  readonly specs: readonly ServiceSpec[];
  readonly stores: StoreAddresses;
  readonly people: number;
  /** Called once everything is filled, before events are waited for. */
  readonly onFilled?: () => Promise<void>;
}

/** How long events may take to be applied, in milliseconds, before the graph is said to be ready all the same. */
const PATIENCE_MS = 120_000;

const markerOf = ({ dataDir }: CommandConfig) => join(dataDir, 'seeded.json');

const hasOwnStores = ({ storeUrls }: CommandConfig): boolean =>
  Object.values(storeUrls).some((url) => url !== undefined);

/** How many people the sample in a data folder has; 0 for none. */
export function seededPeople(config: CommandConfig): number {
  if (!existsSync(markerOf(config))) return 0;
  return Number((JSON.parse(readFileSync(markerOf(config), 'utf8')) as { people?: number }).people ?? 0);
}

/** Fills the sample through the services' own code, and waits until all events of it are applied. */
export async function seed({ config, onFilled, people, specs, stores }: SeedOptions): Promise<void> {
  const started = performance.now();
  await fillSample({ specs, people, progress: createSampleProgress() });
  await onFilled?.();
  const settling = performance.now();
  let most = 0;
  const isSettled = await eventsSettled({
    redisUrl: stores.redis,
    namespace: config.environment.REDIS_NAMESPACE ?? 'pb',
    patienceMs: PATIENCE_MS,
    onWaiting: (count) => {
      most = Math.max(most, count);
    },
  });
  if (isSettled) sayDone('Feeds and notifications have all of it', performance.now() - settling);
  else sayWarning(`Events of the sample are still being applied (${most} at most): feeds fill up in a moment.`);
  mkdirSync(dirname(markerOf(config)), { recursive: true });
  writeFileSync(markerOf(config), `${JSON.stringify({ people, seededAt: new Date().toISOString() })}\n`);
  sayDone(`Sample data of ${people} people`, performance.now() - started);
}

/** Whether `npm start` fills the sample now: at the first start of a data folder, and never into somebody's own stores. */
export const isSampleDue = (config: CommandConfig): boolean =>
  config.samplePeople > 0 && seededPeople(config) === 0 && !hasOwnStores(config);

/**
 * Services that needn't run while the sample is filled: no other's part asks them. Started after it, they find all its
 * events waiting and apply them many at a time, which takes a fraction of the time.
 */
export const isHeldForSample = ({ name }: ServiceSpec): boolean =>
  !subgraphs.some(({ sampleAfter = [] }) => sampleAfter.includes(name));

/**
 * Fills the sample if it is due. The accounts of the sample have a password that everybody knows, so that they don't go
 * into stores that were given by a URL.
 *
 * @returns the accounts of the tour; none where there is no sample.
 */
export async function seedAtFirstStart(options: Omit<SeedOptions, 'people'>): Promise<readonly TourAccount[]> {
  const { config } = options;
  if (seededPeople(config) > 0) return tourAccounts;
  if (isSampleDue(config)) {
    await seed({ ...options, people: config.samplePeople });
    return tourAccounts;
  }
  if (config.samplePeople > 0) {
    sayWarning(
      'No sample data: the stores are yours. "npm run seed" fills them, with accounts whose password is known.',
    );
  }
  return [];
}
