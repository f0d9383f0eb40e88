import {
  type JobDefinition,
  type JobRun,
  type Logger,
  type MongoTransaction,
  registerOnce,
  type Transactor,
} from '@postbook/service-kit';
import { Counter, type Registry } from 'prom-client';
import { edgeIdsOf, lackingOfAccount, lackingOfPair, lackingOfProfile } from './feed-comparison.ts';
import { followFeed } from './feed-follower.ts';
import { type PeopleCopies, writeCopies } from './people-copies.ts';
import type { CopyChange, Kept } from './people-events.ts';
import type { AccountEntry, Feed, PairEntry, PeopleFeeds, ProfileEntry } from './people-feeds.ts';
import type { ReconciliationRepository } from './reconciliation-repository.ts';
import { untilAnswered } from './until-answered.ts';

/** What {@link createPeopleReconciler} needs. */
export interface PeopleReconcilerOptions extends PeopleCopies {
  /** The service whose copies they are. */
  readonly service: string;
  readonly feeds: PeopleFeeds;
  readonly states: ReconciliationRepository;
  readonly transactor: Transactor<MongoTransaction>;
  readonly keeps: readonly Kept[];
  readonly metrics: Registry;
}

/** Compares the copies with their owners and repairs what they lack. */
export interface PeopleReconciler {
  /** @returns how many values were repaired. @throws UnavailableError when an owner doesn't answer; run it again then. */
  run(job: JobRun): Promise<number>;
}

/** Writes of one transaction. */
const WRITES_AT_ONCE = 50;

/**
 * The fallback for events that were lost (specification, 1759-1768): reads what changed since the last run from the owners'
 * feeds, once a day all there is, compares, and writes only what differs and isn't older than what an event told.
 */
export function createPeopleReconciler(options: PeopleReconcilerOptions): PeopleReconciler {
  const { cards, feeds, keeps, relations, service, states, transactor } = options;
  const keepsEdges = keeps.some((kept) => kept !== 'cards' && kept !== 'settings');
  const repaired = registerOnce(
    options.metrics,
    'read_model_repairs_total',
    () =>
      new Counter({
        name: 'read_model_repairs_total',
        help: 'Values of local copies that events had left wrong',
        labelNames: ['feed'],
        registers: [options.metrics],
      }),
  );

  async function repair(lacking: readonly CopyChange[]): Promise<number> {
    let count = 0;
    for (let start = 0; start < lacking.length; start += WRITES_AT_ONCE) {
      const chunk = lacking.slice(start, start + WRITES_AT_ONCE);
      count += await transactor.run((tx) => writeCopies(options, tx, chunk));
    }
    return count;
  }

  async function lackingAccounts(entries: readonly AccountEntry[]): Promise<CopyChange[]> {
    const stored = await cards.storedByIds(entries.map(({ id }) => id));
    return entries.flatMap((entry) => lackingOfAccount(entry, stored.get(entry.id)));
  }

  async function lackingProfiles(entries: readonly ProfileEntry[]): Promise<CopyChange[]> {
    const ids = entries.map(({ userId }) => userId);
    const [stored, settings] = await Promise.all([cards.storedByIds(ids), relations.settingsOf(ids)]);
    return entries.flatMap((entry) => {
      const known = settings.get(entry.userId);
      if (!known) return [];
      return lackingOfProfile(entry, stored.get(entry.userId), known).filter(({ copy }) =>
        keeps.includes(copy === 'card' ? 'cards' : 'settings'),
      );
    });
  }

  async function lackingPairs(entries: readonly PairEntry[]): Promise<CopyChange[]> {
    const stored = await relations.edgesById(entries.flatMap((entry) => edgeIdsOf(entry, keeps)));
    return entries.flatMap((entry) => lackingOfPair(entry, stored, keeps));
  }

  async function compare<Entry>(
    name: string,
    feed: Feed<Entry>,
    lackingOf: (entries: readonly Entry[]) => Promise<CopyChange[]>,
    { signal, log }: { signal: AbortSignal; log: Logger },
  ): Promise<number> {
    const apply = async (entries: readonly Entry[]) => repair(await lackingOf(entries));
    const count = await followFeed({ name, feed, states, signal, apply });
    repaired.inc({ feed: name }, count);
    if (count > 0) log.warn({ service, feed: name, count }, 'local copies differed from their owner and were repaired');
    return count;
  }

  return {
    async run(job) {
      let count = 0;
      if (keeps.includes('cards')) count += await compare('accounts', feeds.accounts, lackingAccounts, job);
      if (keeps.includes('cards') || keeps.includes('settings')) {
        count += await compare('profiles', feeds.profiles, lackingProfiles, job);
      }
      if (keepsEdges) count += await compare('pairs', feeds.pairs, lackingPairs, job);
      return count;
    },
  };
}

/** The hourly job of a service; it runs at once where the copies were never compared, as in a service that is new. */
export const reconcilePeopleJob = (service: string, reconciler: PeopleReconciler): JobDefinition => ({
  name: `${service}-reconcile-people`,
  schedule: '41 * * * *',
  runAtFirstStart: true,
  run: async (job) => void (await untilAnswered(job.signal, () => reconciler.run(job))),
});
