import type { EventOf, EventType } from '@postbook/events';
import {
  type CardRepository,
  changesOf,
  isHidden,
  type PeopleEvent,
  type RelationRepository,
  writeCopies,
} from '@postbook/people';
import type { Component, EventBus, EventConsumer, Inbox, MongoTransaction, Transactor } from '@postbook/service-kit';
import { entityKey } from './cause.ts';
import type { ErasureService } from './erasure-service.ts';
import { effectsOf, PERSONAL_EVENTS, type PersonalEvent } from './event-effects.ts';
import { CONSUMER_GROUP, type RecipientWriter } from './recipient-writer.ts';
import type { WithdrawalService } from './withdrawal-service.ts';

/** Events that take things back from whoever was told of them. */
const WITHDRAWING_EVENTS = [
  'PostDeleted',
  'CommentDeleted',
  'MessageDeleted',
  'Blocked',
  'UserStatusChanged',
  'UserDeactivated',
  'UserPurged',
] as const;

type WithdrawingEvent = EventOf<(typeof WITHDRAWING_EVENTS)[number]>;

/** All events that notifications come from, or go by. */
export const NOTIFICATION_EVENTS = [...PERSONAL_EVENTS, ...WITHDRAWING_EVENTS] as const satisfies readonly EventType[];

/** An event of {@link NOTIFICATION_EVENTS}. */
export type NotificationEvent = PersonalEvent | WithdrawingEvent;

/** Events handled at a time: those of one person share transactions, so many cost little more than one. */
const CONCURRENCY = 128;

/** What {@link createNotificationEventConsumer} works with. */
export interface EventConsumerParts {
  readonly bus: EventBus;
  readonly inbox: Inbox<MongoTransaction>;
  readonly transactor: Transactor<MongoTransaction>;
  readonly cards: CardRepository;
  readonly relations: RelationRepository;
  readonly writer: RecipientWriter;
  readonly withdrawals: WithdrawalService;
  readonly erasure: ErasureService;
}

const WITHDRAWING: ReadonlySet<string> = new Set(WITHDRAWING_EVENTS);
const isWithdrawing = (event: NotificationEvent): event is WithdrawingEvent => WITHDRAWING.has(event.type);

/** Tells people of what happens, and takes back what must not be told any more. */
export function createNotificationEventConsumer(parts: EventConsumerParts) {
  const { bus, cards, erasure, inbox, transactor, withdrawals, writer } = parts;
  let consumer: EventConsumer | undefined;

  /** For events whose effects bear being repeated and don't fit into one transaction. */
  const note = (event: NotificationEvent) =>
    transactor.run(async (tx) => void (await inbox.record(tx, CONSUMER_GROUP, [event.eventId])));

  /** The copies must know before things are taken back, so that what is told meanwhile is checked against them. */
  const keepCopies = (event: PeopleEvent) => transactor.run((tx) => writeCopies(parts, tx, changesOf(event)));

  async function tell(event: PersonalEvent): Promise<void> {
    const [first, ...others] = effectsOf(event);
    if (first && others.length === 0) return writer.deliver({ ...first, eventId: event.eventId });
    if (first) await Promise.all([first, ...others].map((delivery) => writer.deliver(delivery)));
    return note(event);
  }

  /** A person who hides takes their deeds with them; they don't come back when the person does. */
  async function hide(userId: string): Promise<void> {
    const [card] = await cards.byIds([userId]);
    if (isHidden(card?.status)) await withdrawals.ofActor(userId);
  }

  async function erase(event: EventOf<'UserPurged'>): Promise<void> {
    const { userId } = event.payload;
    const taken = await withdrawals.ofActor(userId);
    await erasure.forgetActor(userId);
    await erasure.confirm(event, userId, taken + (await erasure.eraseOwn(userId)));
  }

  async function withdraw(event: WithdrawingEvent): Promise<void> {
    const { type } = event;
    switch (type) {
      case 'PostDeleted':
        return withdrawals.ofEntity(entityKey('Post', event.payload.postId));
      case 'CommentDeleted':
        return withdrawals.ofEntity(entityKey('Comment', event.payload.commentId));
      case 'MessageDeleted':
        return withdrawals.ofEntity(entityKey('Message', event.payload.messageId));
      case 'Blocked':
        await keepCopies(event);
        return withdrawals.between(event.payload.blockerId, event.payload.blockedId);
      case 'UserStatusChanged':
      case 'UserDeactivated':
        await keepCopies(event);
        return hide(event.payload.userId);
      case 'UserPurged':
        await keepCopies(event);
        return erase(event);
      default:
        return type satisfies never;
    }
  }

  async function handle(event: NotificationEvent): Promise<void> {
    if (!isWithdrawing(event)) return tell(event);
    await withdraw(event);
    await note(event);
  }

  const component: Component = {
    name: 'events for notifications',
    start: async () => {
      consumer = await bus.consume({
        group: CONSUMER_GROUP,
        types: NOTIFICATION_EVENTS,
        handler: handle,
        concurrency: CONCURRENCY,
      });
    },
    stop: async () => {
      await consumer?.stop();
    },
  };
  return { component, handle };
}
