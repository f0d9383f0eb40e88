import type { EventOf } from '@postbook/events';
import {
  type Component,
  type EventBus,
  type EventConsumer,
  type Inbox,
  idempotentHandler,
  isDuplicateKey,
  type MongoTransaction,
  type Transactor,
} from '@postbook/service-kit';
import type { CardRepository } from './card-repository.ts';
import { ERASED_CARD } from './person.ts';
import type { RelationRepository } from './relation-repository.ts';

/** The consumer group that keeps the local copies of people and relations. */
export const PEOPLE_CONSUMER = 'chats-people';

const TYPES = [
  'UserCreated',
  'UsernameChanged',
  'UserStatusChanged',
  'UserDeactivated',
  'UserRestored',
  'UserPurged',
  'UserProfileUpdated',
  'PrivacyChanged',
  'FriendRequestAccepted',
  'FriendRemoved',
  'Blocked',
  'Unblocked',
] as const;

type PeopleEvent = EventOf<(typeof TYPES)[number]>;

/** A version above all others: nothing that is late may bring an erased person back. */
const FINAL_VERSION = Number.MAX_SAFE_INTEGER;

/** What {@link createPeopleConsumer} needs. */
export interface PeopleConsumerOptions {
  readonly bus: EventBus;
  readonly inbox: Inbox<MongoTransaction>;
  readonly transactor: Transactor<MongoTransaction>;
  readonly cards: CardRepository;
  readonly relations: RelationRepository;
  /** Called once a block or its end is in the copy. */
  readonly onBlockChanged: (a: string, b: string) => Promise<void>;
}

/** Keeps the local copies of cards, relations and settings up to date with their owners' events. */
export function createPeopleConsumer(options: PeopleConsumerOptions): Component & { lagMs(): number } {
  const { cards, relations } = options;
  let consumer: EventConsumer | undefined;

  async function applyBlock(tx: MongoTransaction, event: EventOf<'Blocked' | 'Unblocked'>): Promise<void> {
    const { blockerId, blockedId } = event.payload;
    await relations.apply(tx, event.version, {
      kind: 'Block',
      fromUserId: blockerId,
      toUserId: blockedId,
      isActive: event.type === 'Blocked',
    });
    tx.afterCommit(() => options.onBlockChanged(blockerId, blockedId));
  }

  async function applyPurge(tx: MongoTransaction, userId: string): Promise<void> {
    const { username, ...profile } = ERASED_CARD;
    await cards.apply(tx, userId, FINAL_VERSION, { part: 'username', set: { username } });
    await cards.apply(tx, userId, FINAL_VERSION, { part: 'profile', set: profile });
    await cards.apply(tx, userId, FINAL_VERSION, { part: 'status', set: { status: 'Deleted' } });
  }

  async function apply(event: PeopleEvent, tx: MongoTransaction): Promise<void> {
    const { version } = event;
    switch (event.type) {
      case 'UserCreated': {
        const { userId, username } = event.payload;
        await cards.apply(tx, userId, version, { part: 'username', set: { username } });
        return cards.apply(tx, userId, version, { part: 'status', set: { status: 'Active' } });
      }
      case 'UsernameChanged': {
        const { userId, username } = event.payload;
        return cards.apply(tx, userId, version, { part: 'username', set: { username } });
      }
      case 'UserStatusChanged': {
        const { userId, status } = event.payload;
        return cards.apply(tx, userId, version, { part: 'status', set: { status } });
      }
      case 'UserDeactivated':
        return cards.apply(tx, event.payload.userId, version, { part: 'status', set: { status: 'Inactive' } });
      case 'UserRestored':
        return cards.apply(tx, event.payload.userId, version, { part: 'status', set: { status: 'Active' } });
      case 'UserPurged':
        return applyPurge(tx, event.payload.userId);
      case 'UserProfileUpdated': {
        const { userId, displayName, avatarUrl } = event.payload;
        return cards.apply(tx, userId, version, { part: 'profile', set: { displayName, avatarUrl } });
      }
      case 'PrivacyChanged':
        return relations.applyPrivacy(tx, event.payload.userId, version, event.payload.allowMessages);
      case 'FriendRequestAccepted': {
        const { fromUserId, toUserId } = event.payload;
        await relations.apply(tx, version, { kind: 'Friend', fromUserId, toUserId, isActive: true });
        return;
      }
      case 'FriendRemoved': {
        const [fromUserId, toUserId] = event.payload.userIds;
        await relations.apply(tx, version, { kind: 'Friend', fromUserId, toUserId, isActive: false });
        return;
      }
      case 'Blocked':
      case 'Unblocked':
        return applyBlock(tx, event);
      default:
        return event satisfies never;
    }
  }

  const handle = idempotentHandler<PeopleEvent['type'], MongoTransaction>({
    consumer: PEOPLE_CONSUMER,
    inbox: options.inbox,
    transactor: options.transactor,
    handle: apply,
  });

  /** Two first events about a person may both try to make their card: the second try of the slower finds it made. */
  async function handleTwice(event: PeopleEvent): Promise<void> {
    try {
      await handle(event);
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      await handle(event);
    }
  }

  return {
    name: PEOPLE_CONSUMER,
    lagMs: () => consumer?.lagMs() ?? 0,
    async start() {
      consumer = await options.bus.consume({ group: PEOPLE_CONSUMER, types: TYPES, handler: handleTwice });
    },
    async stop() {
      await consumer?.stop();
    },
  };
}
