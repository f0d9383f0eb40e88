import { type RequestScope, viewerOf } from '@postbook/service-kit';
import type { ConversationReader } from './conversation/conversation-reader.ts';
import type { ConversationService } from './conversation/conversation-service.ts';
import type { MembershipService } from './conversation/membership-service.ts';
import type { UnreadCounter } from './conversation/unread.ts';
import type { LiveService } from './live/live-service.ts';
import { createLoaders, type LoaderSources, type Loaders } from './loaders.ts';
import type { MessageReader } from './message/message-reader.ts';
import type { MessageService } from './message/message-service.ts';
import type { ReadService } from './receipt/read-service.ts';

/** The rules of chats; the same for all requests. */
export interface ChatsServices {
  readonly conversations: ConversationService;
  readonly conversationReader: ConversationReader;
  readonly memberships: MembershipService;
  readonly messages: MessageService;
  readonly messageReader: MessageReader;
  readonly reads: ReadService;
  readonly unread: UnreadCounter;
  readonly live: LiveService;
  readonly sources: LoaderSources;
}

/** What a resolver of chats may use. */
export interface Context extends RequestScope {
  readonly services: ChatsServices;
  /** Of this request, or this event of a subscription, alone. */
  readonly loaders: Loaders;
}

/** Makes the context of one request. */
export const createContext = (scope: RequestScope, services: ChatsServices): Context => ({
  ...scope,
  services,
  loaders: createLoaders(viewerOf(scope)?.userId, services.sources),
});
