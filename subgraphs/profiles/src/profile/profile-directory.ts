import { createEvent } from '@postbook/events';
import type { Logger, MongoTransaction, Outbox, Transactor } from '@postbook/service-kit';
import type { AccountDirectory } from '../auth-accounts/account-directory.ts';
import type { Person } from './person.ts';
import { profileUpdated } from './profile-events.ts';
import type { NewProfile, ProfileRepository } from './profile-repository.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether the text can be a user's id. */
export const isUserId = (text: string): boolean => UUID.test(text);

/** Finds people, and makes the pages of those who have none yet. */
export interface ProfileDirectory {
  /** Those that exist, by id. Text that is no id is left out: it would fail everybody else's. */
  find(userIds: readonly string[]): Promise<Map<string, Person>>;
  /** Makes a page in the transaction unless there is one, and tells other services. */
  create(tx: MongoTransaction, profile: NewProfile): Promise<Person | undefined>;
}

/** What {@link createProfileDirectory} works with. */
export interface ProfileDirectoryParts {
  readonly transactor: Transactor<MongoTransaction>;
  readonly profiles: ProfileRepository;
  readonly outbox: Outbox<MongoTransaction>;
  /** Absent when the process doesn't know auth's address. */
  readonly accounts: AccountDirectory | undefined;
  readonly log: Logger;
  /** Called when an event may wait. */
  onEvent(): void;
}

/** The directory of people. */
export function createProfileDirectory(parts: ProfileDirectoryParts): ProfileDirectory {
  const { accounts, log, outbox, profiles, transactor } = parts;

  async function create(tx: MongoTransaction, profile: NewProfile) {
    const person = await profiles.insertIfAbsent(tx, profile);
    if (!person) return undefined;
    await outbox.append(tx, [createEvent(profileUpdated(person))]);
    tx.afterCommit(parts.onEvent);
    return person;
  }

  /** For people whose event is still under way, or lost with Redis: they log in and must have a page. */
  async function makeMissing(userIds: readonly string[]): Promise<Person[]> {
    if (!accounts || userIds.length === 0) return [];
    try {
      const found = await accounts.find(userIds);
      for (const account of found) await transactor.run((tx) => create(tx, { ...account, version: 0 }));
      return await profiles.findByUserIds(found.map(({ userId }) => userId));
    } catch (error) {
      // An entity that is null is answered; one that throws would take all others of the batch with it.
      log.warn({ err: error, count: userIds.length }, 'auth does not answer: people without a profile stay unknown');
      return [];
    }
  }

  return {
    create,

    async find(userIds) {
      const valid = [...new Set(userIds)].filter(isUserId);
      const found = await profiles.findByUserIds(valid);
      const known = new Set(found.map(({ userId }) => userId));
      const made = await makeMissing(valid.filter((id) => !known.has(id)));
      return new Map([...found, ...made].map((person) => [person.userId, person]));
    },
  };
}
