import { randomUUID } from 'node:crypto';
import { type AnyEvent, createEvent, type EventPayload, type EventType, relationshipId } from '@postbook/events';
import type { EventBus } from '@postbook/service-kit';
import { eventually } from '@postbook/testkit';
import type { Db } from 'mongodb';
import { peopleConsumerGroup } from '../people-consumer.ts';
import { EVENTS_OF, type Kept } from '../people-events.ts';
import { DEFAULT_SETTINGS, type EnforcedSettings } from '../person.ts';

/** Somebody of a test. */
export interface Somebody {
  readonly id: string;
  readonly name: string;
}

/** What a test of one service says of people, as their owners would: by events. */
export class PeopleWorld {
  readonly #bus: EventBus;
  readonly #db: Db;
  readonly #service: string;
  readonly #types: ReadonlySet<string>;
  #version = 0;

  /**
   * @param options the bus of the service under test, its database, whose inbox tells what was applied, and what it keeps:
   * everything unless told.
   */
  constructor(options: {
    readonly bus: EventBus;
    readonly db: Db;
    readonly service: string;
    readonly keeps?: readonly Kept[];
  }) {
    this.#bus = options.bus;
    this.#db = options.db;
    this.#service = options.service;
    const keeps = options.keeps ?? (Object.keys(EVENTS_OF) as Kept[]);
    this.#types = new Set(keeps.flatMap((kept) => EVENTS_OF[kept]));
  }

  /** An event with a version above those of all earlier ones. */
  event<T extends EventType>(type: T, aggregateId: string, payload: EventPayload<T>, version?: number): AnyEvent {
    this.#version += 1;
    return createEvent({ type, aggregateId, version: version ?? this.#version, payload } as never) as AnyEvent;
  }

  /** Publishes events and waits until the service's copies of people have those that they are kept from. */
  async publish(...events: readonly AnyEvent[]): Promise<void> {
    await this.#bus.publish(events);
    await this.#applied(
      peopleConsumerGroup(this.#service),
      events.filter(({ type }) => this.#types.has(type)),
    );
  }

  /** Publishes events and waits until that consumer of the service has applied them. */
  async publishTo(group: string, ...events: readonly AnyEvent[]): Promise<void> {
    await this.#bus.publish(events);
    await this.#applied(group, events);
  }

  async #applied(group: string, events: readonly AnyEvent[]): Promise<void> {
    const notes = events.map(({ eventId }) => `${group}:${eventId}`);
    const inbox = this.#db.collection<{ _id: string }>('inbox');
    await eventually(async () => (await inbox.countDocuments({ _id: { $in: notes } })) === notes.length);
  }

  /** People whom the service knows from events, by these usernames. */
  async people<const Names extends readonly string[]>(...names: Names): Promise<{ [Name in keyof Names]: Somebody }> {
    const people = names.map((name) => ({ id: randomUUID(), name }));
    await this.publish(
      ...people.flatMap(({ id, name }) => {
        const person = { userId: id, username: name, firstName: name, lastName: 'Test' };
        return [
          this.event('UserCreated', id, { ...person, email: `${name}@example.com` }),
          this.event('UserProfileUpdated', id, { ...person, displayName: `${name} T.`, avatarUrl: null }),
        ];
      }),
    );
    return people as { [Name in keyof Names]: Somebody };
  }

  /** Friends, and following both ways with it. */
  async befriend(a: Somebody, b: Somebody): Promise<void> {
    const request = { requestId: 'a'.repeat(24), fromUserId: a.id, toUserId: b.id };
    await this.publish(this.event('FriendRequestAccepted', relationshipId('Friend', a.id, b.id), request));
  }

  async unfriend(a: Somebody, b: Somebody): Promise<void> {
    const userIds: [string, string] = [a.id, b.id];
    const payload = { userIds, removedById: a.id };
    await this.publish(this.event('FriendRemoved', relationshipId('Friend', a.id, b.id), payload));
  }

  /** Only for services that keep follows. */
  async follow(follower: Somebody, followed: Somebody): Promise<void> {
    const payload = { followerId: follower.id, followedId: followed.id };
    await this.publish(this.event('Followed', relationshipId('Follow', follower.id, followed.id), payload));
  }

  /** Only for services that keep follows. */
  async unfollow(follower: Somebody, followed: Somebody): Promise<void> {
    const payload = { followerId: follower.id, followedId: followed.id };
    await this.publish(this.event('Unfollowed', relationshipId('Follow', follower.id, followed.id), payload));
  }

  async block(a: Somebody, b: Somebody): Promise<void> {
    const payload = { blockerId: a.id, blockedId: b.id };
    await this.publish(this.event('Blocked', relationshipId('Block', a.id, b.id), payload));
  }

  async unblock(a: Somebody, b: Somebody): Promise<void> {
    const payload = { blockerId: a.id, blockedId: b.id };
    await this.publish(this.event('Unblocked', relationshipId('Block', a.id, b.id), payload));
  }

  /** Changes what a person allows; what isn't named is the default. */
  async allow(person: Somebody, settings: Partial<EnforcedSettings>): Promise<void> {
    const payload = { userId: person.id, ...DEFAULT_SETTINGS, ...settings };
    await this.publish(this.event('PrivacyChanged', person.id, payload));
  }

  async setStatus(person: Somebody, status: 'Active' | 'Inactive' | 'Suspended' | 'Deleted'): Promise<void> {
    await this.publish(this.event('UserStatusChanged', person.id, { userId: person.id, status }));
  }
}
