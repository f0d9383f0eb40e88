import {
  type AccountEntry,
  type Feed,
  followFeed,
  type ReconciliationRepository,
  untilAnswered,
} from '@postbook/people';
import type { JobDefinition, JobRun, MongoTransaction, Transactor } from '@postbook/service-kit';
import type { ErasureService } from '../account-events/erasure-service.ts';
import type { Person } from '../profile/person.ts';
import type { ProfileDirectory } from '../profile/profile-directory.ts';
import type { ProfileRepository } from '../profile/profile-repository.ts';

/** What {@link accountReconcileJob} works with. */
export interface AccountReconcilerParts {
  readonly accounts: Feed<AccountEntry>;
  readonly states: ReconciliationRepository;
  readonly transactor: Transactor<MongoTransaction>;
  readonly directory: ProfileDirectory;
  readonly profiles: ProfileRepository;
  readonly erasure: ErasureService;
  /** Called when an event may wait. */
  onEvent(): void;
}

/** Compares pages with accounts (specification, 1759-1768): makes, renames, hides and erases what lost events left. */
export function accountReconcileJob(parts: AccountReconcilerParts): JobDefinition {
  const { directory, erasure, profiles, transactor } = parts;

  async function erase({ id, version }: AccountEntry): Promise<number> {
    const isNew = await transactor.run((tx) => erasure.eraseProfile(tx, id));
    if (!isNew) return 0;
    const erasedItems = await erasure.eraseConnections(id);
    await transactor.run((tx) => erasure.confirm(tx, id, erasedItems, version));
    return 1;
  }

  async function repair(entry: AccountEntry, person: Person): Promise<number> {
    const { id, username, version } = entry;
    const isActive = entry.status === 'ACTIVE';
    return transactor.run(async (tx) => {
      let count = 0;
      if (person.username !== username && (await profiles.renameIfNewer(tx, id, username, version))) count += 1;
      if (person.isHidden === isActive && (await profiles.setActiveIfNewer(tx, id, isActive, version))) count += 1;
      return count;
    });
  }

  async function compare(entries: readonly AccountEntry[]): Promise<number> {
    // Makes the pages that are missing, too.
    const people = await directory.find(entries.map(({ id }) => id));
    let count = 0;
    for (const entry of entries) {
      const person = people.get(entry.id);
      if (!person) continue;
      if (entry.status === 'DELETED') count += await erase(entry);
      else if (person.username !== entry.username || person.isHidden === (entry.status === 'ACTIVE'))
        count += await repair(entry, person);
    }
    return count;
  }

  async function run({ log, signal }: JobRun): Promise<void> {
    const { accounts: feed, states } = parts;
    const count = await untilAnswered(signal, () =>
      followFeed({ name: 'accounts', feed, states, signal, apply: compare }),
    );
    parts.onEvent();
    if (count > 0) log.warn({ count }, 'profiles differed from their accounts and were repaired');
  }

  return { name: 'profiles-reconcile-accounts', schedule: '37 * * * *', runAtFirstStart: true, run };
}
