import { createPeople } from '@postbook/people';
import {
  type Component,
  createMongoInboxRepository,
  createMongoOutboxRepository,
  createMongoTransactor,
  createOutboxRelay,
  type MongoDatabase,
  type Platform,
} from '@postbook/service-kit';
import { createDeletedSubjectRepository } from './causes/deleted-subject-repository.ts';
import { createEffectWriter } from './causes/effect-writer.ts';
import { createErasureService } from './causes/erasure-service.ts';
import { createNotificationEventConsumer } from './causes/event-consumer.ts';
import { createFactReader } from './causes/recipient-facts.ts';
import { createRecipientWriter } from './causes/recipient-writer.ts';
import { createSourceRepository } from './causes/source-repository.ts';
import { createWithdrawalService } from './causes/withdrawal-service.ts';
import type { NotificationsConfig } from './config.ts';
import type { NotificationsServices } from './context.ts';
import { createChangeRepository } from './live/change-repository.ts';
import { createHeadRepository } from './live/head-repository.ts';
import { createLiveService } from './live/live-service.ts';
import { createNotificationPresenter } from './notification/notification-presenter.ts';
import { createNotificationReader } from './notification/notification-reader.ts';
import { createNotificationRepository } from './notification/notification-repository.ts';
import { createNotificationService } from './notification/notification-service.ts';
import { createPreferencesRepository } from './preferences/preferences-repository.ts';
import { createPreferencesService } from './preferences/preferences-service.ts';
import { createSharedLoaders } from './shared-loaders.ts';

/** What the services stand on. */
export interface Foundation {
  readonly config: NotificationsConfig;
  readonly platform: Platform;
  readonly database: MongoDatabase;
  /** The clock; the real one when absent. */
  readonly now?: (() => Date) | undefined;
}

function createRepositories({ db }: MongoDatabase) {
  return {
    notifications: createNotificationRepository(db),
    sources: createSourceRepository(db),
    deletedSubjects: createDeletedSubjectRepository(db),
    changes: createChangeRepository(db),
    heads: createHeadRepository(db),
    preferences: createPreferencesRepository(db),
    outbox: createMongoOutboxRepository(db),
    inbox: createMongoInboxRepository(db),
  };
}

/** Makes the services and the parts of the process that work for them, in the order in which these start. */
export function createServices({ config, platform, database, now = () => new Date() }: Foundation) {
  const { bus, live, log, metrics } = platform;
  const repositories = createRepositories(database);
  const { notifications, sources, deletedSubjects, changes, heads, preferences, outbox, inbox } = repositories;
  const transactor = createMongoTransactor(database.client, {
    onAfterCommitError: (error) => log.error({ err: error }, 'work after a commit failed'),
  });
  const relay = createOutboxRelay({ name: 'notifications', repository: outbox, bus, log, metrics, topics: live });
  const people = createPeople({
    service: 'notifications',
    platform,
    database,
    inbox,
    transactor,
    owners: config.owners,
    secret: config.internalIdentitySecret,
    keeps: ['cards', 'Block'],
  });
  const { cards, relations, directory } = people;
  const parts = { notifications, sources, changes, heads, live, now, transactor };
  const erasure = createErasureService({ ...parts, preferences, inbox, outbox, relay });
  const readFacts = createFactReader({ cards, relations, preferences, deletedSubjects });
  const onErased = async (userId: string) => void (await erasure.eraseOwn(userId));
  const effects = createEffectWriter({ notifications, sources });
  const writer = createRecipientWriter({ ...parts, inbox, effects, readFacts, onErased });
  const withdrawals = createWithdrawalService({ sources, deletedSubjects, writer, now });
  const events = createNotificationEventConsumer({
    bus,
    inbox,
    transactor,
    cards,
    relations,
    writer,
    withdrawals,
    erasure,
  });
  const present = createNotificationPresenter({ directory, relations });

  const services: NotificationsServices = {
    reader: createNotificationReader(notifications, present),
    notifications: createNotificationService(parts),
    preferences: createPreferencesService({ transactor, preferences, now }),
    live: createLiveService({ changes, heads, live, headCheckMs: config.liveHeadCheckMs, log }),
    shared: createSharedLoaders(notifications, present, directory),
  };
  const components: Component[] = [relay, people.consumer, events.component];
  return { services, components, inbox, handleEvent: events.handle };
}
