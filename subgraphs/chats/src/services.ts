import { createAttachments } from '@postbook/attachments';
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
import { createContacts } from './people/contacts.ts';
import { createReadAnnouncer } from './receipt/read-announcer.ts';
import { createReadService } from './receipt/read-service.ts';
import { createReceiptRepository } from './receipt/receipt-repository.ts';
import { createSharedLoaders } from './shared-loaders.ts';

/** What the services stand on. */
export interface Foundation {
  readonly config: ChatsConfig;
  readonly platform: Platform;
  readonly database: MongoDatabase;
  /** The present; the sample data is made in the past. */
  readonly now?: () => Date;
}

function createRepositories({ db }: MongoDatabase) {
  return {
    conversations: createConversationRepository(db),
    pairs: createDirectConversationRepository(db),
    members: createMemberRepository(db),
    messages: createMessageRepository(db),
    changes: createChangeRepository(db),
    receipts: createReceiptRepository(db),
    outbox: createMongoOutboxRepository(db),
    inbox: createMongoInboxRepository(db),
  };
}

/** Makes the services and the parts of the process that work for them, in the order in which these start. */
export function createServices(foundation: Foundation) {
  const { config, database, now = () => new Date(), platform } = foundation;
  const { bus, live, log, metrics } = platform;
  const repositories = createRepositories(database);
  const { conversations, pairs, members, messages, changes, receipts, outbox, inbox } = repositories;
  const transactor = createMongoTransactor(database.client, {
    onAfterCommitError: (error) => log.error({ err: error }, 'work after a commit failed'),
  });
  const relay = createOutboxRelay({ name: 'chats', repository: outbox, bus, log, metrics, topics: live });
  const changeLog = createChangeLog({ changes, outbox, relay, live });
  const access = createConversationAccess(conversations, members);

  /** Has the streams of the two people's chat look again whether they may go on. */
  async function onBlockChanged(a: string, b: string): Promise<void> {
    const conversationId = await pairs.find(a, b);
    if (conversationId) await announce(live, conversationId, { kind: 'AccessChanged' });
  }
  const { cards, consumer, directory, relations } = createPeople({
    service: 'chats',
    platform,
    database,
    inbox,
    transactor,
    owners: config.owners,
    secret: config.internalIdentitySecret,
    keeps: ['cards', 'settings', 'Friend', 'Block'],
    onApplied: async (event) => {
      if (event.type !== 'Blocked' && event.type !== 'Unblocked') return;
      await onBlockChanged(event.payload.blockerId, event.payload.blockedId);
    },
  });
  const lagMs = () => consumer.lagMs();
  const contacts = createContacts({ directory, cards, relations, lagMs, maxLagMs: config.relationsMaxLagMs });
  const attachments = createAttachments({
    mediaUrl: config.mediaUrl,
    secret: config.internalIdentitySecret,
    service: 'chats',
  });
  const announcer = createReadAnnouncer(live);
  const unread = createUnreadCounter(access, members, messages);
  const messageReader = createMessageReader(access, messages);
  const found = createConversationFounder({ conversations, members, changeLog });
  const writer = createMessageWriter({ transactor, conversations, members, messages, changeLog, now });
  const liveAccess = createLiveAccess(conversations, relations);

  const services: ChatsServices = {
    conversations: createConversationService({ transactor, access, contacts, conversations, pairs, found, now }),
    conversationReader: createConversationReader({ conversations, members }),
    memberships: createMembershipService({ transactor, access, contacts, conversations, members, changeLog }),
    messages: createMessageService({ access, attachments, contacts, messages, writer }),
    messageReader,
    reads: createReadService({ transactor, access, members, receipts, announcer }),
    unread,
    live: createLiveService({ access, liveAccess, changes, live, headCheckMs: config.liveHeadCheckMs, log }),
    sources: { access, members, messageReader, messages, unread, shared: createSharedLoaders(messages, directory) },
  };
  const components: Component[] = [relay, consumer, announcer];
  return { services, components, inbox };
}
