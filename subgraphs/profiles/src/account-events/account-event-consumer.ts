import type { EventOf } from '@postbook/events';
import {
  type Component,
  EVENTS_AT_ONCE,
  type EventBus,
  type EventConsumer,
  type Inbox,
  idempotentHandler,
  type MongoTransaction,
  type Transactor,
} from '@postbook/service-kit';
import type { ProfileDirectory } from '../profile/profile-directory.ts';
import type { ProfileRepository } from '../profile/profile-repository.ts';
import type { ErasureService } from './erasure-service.ts';

/** The group of the bus in which the processes of profiles share auth's events. */
export const CONSUMER_GROUP = 'profiles';

const TYPES = [
  'UserCreated',
  'UsernameChanged',
  'UserStatusChanged',
  'UserDeactivated',
  'UserRestored',
  'UserPurged',
] as const;

type AccountEvent = EventOf<(typeof TYPES)[number]>;

/** What {@link createAccountEventConsumer} works with. */
export interface AccountEventParts {
  readonly bus: EventBus;
  readonly inbox: Inbox<MongoTransaction>;
  readonly transactor: Transactor<MongoTransaction>;
  readonly profiles: ProfileRepository;
  readonly directory: ProfileDirectory;
  readonly erasure: ErasureService;
  /** Called when an event may wait. */
  onEvent(): void;
}

/** The event is about a person whose page isn't there yet: it comes again. */
class ProfileMissingError extends Error {
  override readonly name = 'ProfileMissingError';
}

/** Keeps pages in step with accounts: makes, renames, hides and erases them. */
export function createAccountEventConsumer(parts: AccountEventParts): Component {
  const { bus, directory, erasure, inbox, profiles, transactor } = parts;
  let consumer: EventConsumer | undefined;

  /** An event may overtake the one before it, which is being tried again. */
  async function mustExist(userId: string) {
    if ((await directory.find([userId])).size === 0) throw new ProfileMissingError(`no profile yet for an event`);
  }

  async function apply(event: AccountEvent, tx: MongoTransaction): Promise<void> {
    const { payload, type, version } = event;
    const { userId } = payload;
    switch (type) {
      case 'UserCreated':
        await directory.create(tx, { ...event.payload, version });
        return;
      case 'UsernameChanged':
        await profiles.renameIfNewer(tx, userId, event.payload.username, version);
        return;
      case 'UserStatusChanged':
        await profiles.setActiveIfNewer(tx, userId, event.payload.status === 'Active', version);
        return;
      case 'UserDeactivated':
        await profiles.setActiveIfNewer(tx, userId, false, version);
        return;
      case 'UserRestored':
        await profiles.setActiveIfNewer(tx, userId, true, version);
        return;
      case 'UserPurged':
        await erasure.eraseProfile(tx, userId);
        tx.afterCommit(parts.onEvent);
        return;
      default:
        return type satisfies never;
    }
  }

  const applyOnce = idempotentHandler<AccountEvent['type'], MongoTransaction>({
    consumer: CONSUMER_GROUP,
    inbox,
    transactor,
    handle: apply,
  });
  const confirmOnce = (erasedItems: number) =>
    idempotentHandler<'UserPurged', MongoTransaction>({
      consumer: `${CONSUMER_GROUP}-erasure`,
      inbox,
      transactor,
      handle: async (event, tx) => {
        await erasure.confirm(tx, event.payload.userId, erasedItems, event.version);
        tx.afterCommit(parts.onEvent);
      },
    });

  async function handle(event: AccountEvent): Promise<void> {
    if (event.type !== 'UserCreated' && event.type !== 'UserPurged') await mustExist(event.payload.userId);
    await applyOnce(event);
    if (event.type !== 'UserPurged') return;
    // The page is a tombstone by now, so nothing new can come between this person and others while the rest goes.
    await confirmOnce(await erasure.eraseConnections(event.payload.userId))(event);
  }

  return {
    name: 'account events',
    start: async () => {
      consumer = await bus.consume({
        group: CONSUMER_GROUP,
        types: TYPES,
        concurrency: EVENTS_AT_ONCE,
        handler: handle,
      });
    },
    stop: async () => {
      await consumer?.stop();
    },
  };
}
