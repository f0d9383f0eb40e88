import {
  type Component,
  createEntityClient,
  createMongoInboxRepository,
  createMongoOutboxRepository,
  createMongoTransactor,
  createOutboxRelay,
  type MongoDatabase,
  type MongoTransaction,
  type Platform,
  type Transactor,
} from '@postbook/service-kit';
import { z } from 'zod';
import type { ChatsConfig } from './config.ts';
import type { ChatsServices } from './context.ts';
import { createConversationAccess } from './conversation/conversation-access.ts';
import { createConversationFounder } from './conversation/conversation-founder.ts';
import { createConversationReader } from './conversation/conversation-reader.ts';
import { createConversationRepository } from './conversation/conversation-repository.ts';
import { createConversationService } from './conversation/conversation-service.ts';
import { createDirectConversationRepository } from './conversation/direct-conversation-repository.ts';
import { createMemberRepository } from './conversation/member-repository.ts';
import { createMembershipService } from './conversation/membership-service.ts';
import { createUnreadCounter } from './conversation/unread.ts';
import { createChangeLog } from './live/change-log.ts';
import { createChangeRepository } from './live/change-repository.ts';
import { announce } from './live/conversation-topic.ts';
import { createLiveAccess } from './live/live-access.ts';
import { createLiveService } from './live/live-service.ts';
import { createMessageReader } from './message/message-reader.ts';
import { createMessageRepository } from './message/message-repository.ts';
import { createMessageService } from './message/message-service.ts';
import { createMessageWriter } from './message/message-writer.ts';
import { createCardRepository } from './people/card-repository.ts';
import { createContacts } from './people/contacts.ts';
import { createDirectory, type Directory } from './people/directory.ts';
import { createPeopleConsumer } from './people/people-consumer.ts';
import { createRelationRepository } from './people/relation-repository.ts';
import { createReadAnnouncer } from './receipt/read-announcer.ts';
import { createReadService } from './receipt/read-service.ts';
import { createReceiptRepository } from './receipt/receipt-repository.ts';
import { createSharedLoaders } from './shared-loaders.ts';

/** What the services stand on. */
export interface Foundation {
  readonly config: ChatsConfig;
  readonly platform: Platform;
  readonly database: MongoDatabase;
}

function createRepositories({ db }: MongoDatabase) {
  return {
    conversations: createConversationRepository(db),
    pairs: createDirectConversationRepository(db),
    members: createMemberRepository(db),
    messages: createMessageRepository(db),
    changes: createChangeRepository(db),
    receipts: createReceiptRepository(db),
    cards: createCardRepository(db),
    relations: createRelationRepository(db),
    outbox: createMongoOutboxRepository(db),
    inbox: createMongoInboxRepository(db),
  };
}

/** The repositories of ChatServiceDB. */
type Repositories = ReturnType<typeof createRepositories>;

function createPeople(
  { config, platform: { log } }: Foundation,
  { cards }: Repositories,
  transactor: Transactor<MongoTransaction>,
): Directory {
  const { owners, internalIdentitySecret: secret } = config;
  const person = { secret, typename: 'User' };
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
  return createDirectory({ transactor, cards, auth, profiles, log });
}

/** Makes the services and the parts of the process that work for them, in the order in which these start. */
export function createServices(foundation: Foundation) {
  const { config, database, platform } = foundation;
  const { bus, live, log, metrics } = platform;
  const repositories = createRepositories(database);
  const { conversations, pairs, members, messages, changes, receipts, cards, relations, outbox, inbox } = repositories;
  const transactor = createMongoTransactor(database.client, {
    onAfterCommitError: (error) => log.error({ err: error }, 'work after a commit failed'),
  });
  const relay = createOutboxRelay({ name: 'chats', repository: outbox, bus, log, metrics, topics: live });
  const changeLog = createChangeLog({ changes, outbox, relay, live });
  const access = createConversationAccess(conversations, members);
  const directory = createPeople(foundation, repositories, transactor);

  /** Has the streams of the two people's chat look again whether they may go on. */
  async function onBlockChanged(a: string, b: string): Promise<void> {
    const conversationId = await pairs.find(a, b);
    if (conversationId) await announce(live, conversationId, { kind: 'AccessChanged' });
  }
  const consumer = createPeopleConsumer({ bus, inbox, transactor, cards, relations, onBlockChanged });
  const lagMs = () => consumer.lagMs();
  const contacts = createContacts({ directory, cards, relations, lagMs, maxLagMs: config.relationsMaxLagMs });
  const announcer = createReadAnnouncer(live);
  const unread = createUnreadCounter(access, members, messages);
  const messageReader = createMessageReader(access, messages);
  const found = createConversationFounder({ conversations, members, changeLog });
  const writer = createMessageWriter({ transactor, conversations, members, messages, changeLog });
  const liveAccess = createLiveAccess(conversations, relations);

  const services: ChatsServices = {
    conversations: createConversationService({ transactor, access, contacts, conversations, pairs, found }),
    conversationReader: createConversationReader({ conversations, members }),
    memberships: createMembershipService({ transactor, access, contacts, conversations, members, changeLog }),
    messages: createMessageService({ access, contacts, messages, writer }),
    messageReader,
    reads: createReadService({ transactor, access, members, receipts, announcer }),
    unread,
    live: createLiveService({ access, liveAccess, changes, live, headCheckMs: config.liveHeadCheckMs, log }),
    sources: { access, members, messageReader, messages, unread, shared: createSharedLoaders(messages, directory) },
  };
  const components: Component[] = [relay, consumer, announcer];
  return { services, components, inbox };
}
