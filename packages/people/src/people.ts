import {
  createEntityClient,
  type Inbox,
  type MongoDatabase,
  type MongoTransaction,
  type Platform,
  type Transactor,
} from '@postbook/service-kit';
import DataLoader from 'dataloader';
import { z } from 'zod';
import { type CardRepository, createCardRepository } from './card-repository.ts';
import { createDirectory, type Directory } from './directory.ts';
import { createPeopleConsumer, type PeopleConsumer } from './people-consumer.ts';
import type { Kept, PeopleEvent } from './people-events.ts';
import { createPeopleFeeds } from './people-feeds.ts';
import { createPeopleReconciler, type PeopleReconciler, reconcilePeopleJob } from './people-reconciler.ts';
import type { PartialCard } from './person.ts';
import { createReconciliationRepository } from './reconciliation-repository.ts';
import { createRelationRepository, type RelationRepository } from './relation-repository.ts';

/** What {@link createPeople} needs. */
export interface PeopleOptions {
  /** The service whose copies they are, such as `chats`. */
  readonly service: string;
  readonly platform: Platform;
  readonly database: MongoDatabase;
  readonly inbox: Inbox<MongoTransaction>;
  readonly transactor: Transactor<MongoTransaction>;
  /** Where the owners of what a card shows answer. */
  readonly owners: { readonly auth: string; readonly profiles: string };
  /** `INTERNAL_IDENTITY_SECRET`. */
  readonly secret: string;
  /** What the service needs copies of. */
  readonly keeps: readonly Kept[];
  /** Called once an event is in the copies. */
  readonly onApplied?: ((event: PeopleEvent) => void | Promise<void>) | undefined;
}

/** A service's copies of people, and what keeps them. */
export interface People {
  readonly cards: CardRepository;
  readonly relations: RelationRepository;
  readonly directory: Directory;
  /** To be started with the service. */
  readonly consumer: PeopleConsumer;
  readonly reconciler: PeopleReconciler;
}

/** Makes a service's copies, and registers the hourly job that compares them with their owners. */
export function createPeople(options: PeopleOptions): People {
  const { database, keeps, owners, platform, secret, service, transactor } = options;
  const { bus, log, metrics, scheduler } = platform;
  const copies = { cards: createCardRepository(database.db), relations: createRelationRepository(database.db) };
  const person = { secret, service, typename: 'User' };
  const auth = createEntityClient({
    ...person,
    owner: 'auth',
    url: owners.auth,
    selection: 'username',
    entity: z.object({ username: z.string().min(1) }),
  });
  const profiles = createEntityClient({
    ...person,
    owner: 'profiles',
    url: owners.profiles,
    selection: 'displayName avatarUrl',
    entity: z.object({ displayName: z.string().min(1), avatarUrl: z.string().nullable() }),
  });
  const reconciler = createPeopleReconciler({
    ...copies,
    service,
    feeds: createPeopleFeeds({ authUrl: owners.auth, profilesUrl: owners.profiles, secret, service }),
    states: createReconciliationRepository(database.db),
    transactor,
    keeps,
    metrics,
  });
  scheduler.register(reconcilePeopleJob(service, reconciler));
  return {
    ...copies,
    directory: createDirectory({ transactor, cards: copies.cards, auth, profiles, log }),
    consumer: createPeopleConsumer({ ...options, ...copies, bus }),
    reconciler,
  };
}

/**
 * Cards by user id; null for those who don't exist. Nothing is remembered, so one may serve all requests of a moment.
 *
 * @param directory the service's.
 */
export const createCardLoader = (directory: Directory): DataLoader<string, PartialCard | null> =>
  new DataLoader(
    async (ids) => {
      const found = await directory.cards([...new Set(ids)]);
      return ids.map((id) => found.get(id) ?? null);
    },
    { cache: false },
  );
