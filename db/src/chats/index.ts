export { migrateMongoDatabase } from '../mongo/index.ts';
export * from './chats-database.ts';
export type { ConversationEventDocument, ConversationEventKind } from './conversation-events.ts';
export type { ConversationDocument, DirectConversationDocument, MessageRequest } from './conversations.ts';
export type { MemberDocument, MembershipPeriod, ReceiptDocument } from './members.ts';
export type { MessageDeletionDocument, MessageEditDocument, MessageReactionDocument } from './message-traces.ts';
export type {
  MessageContact,
  MessageDocument,
  MessageKind,
  MessageLocation,
  MessageReply,
  MessageVoice,
} from './messages.ts';
