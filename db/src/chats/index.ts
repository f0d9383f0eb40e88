export { migrateMongoDatabase } from '../mongo/index.ts';
export * from './chats-database.ts';
export type { ConversationDocument, DirectConversationDocument } from './conversations.ts';
export type { MemberDocument, MembershipPeriod, ReceiptDocument } from './members.ts';
export type {
  ConversationEventDocument,
  ConversationEventKind,
  MessageDocument,
  MessageKind,
} from './messages.ts';
export type { AccountStatus, PrivacySettingsDocument, RelationDocument, UserCardDocument } from './people.ts';
