import type { Db } from 'mongodb';
import type { DatabaseDefinition } from '../mongo/index.ts';
import { inbox, outbox, outboxRelay } from '../mongo/messaging.ts';
import { peopleCollections } from '../people/people.ts';
import { conversationEvents } from './conversation-events.ts';
import { conversations, directConversations } from './conversations.ts';
import { members, receipts } from './members.ts';
import { messageDeletions, messageEdits, messageReactions } from './message-traces.ts';
import { messages } from './messages.ts';

/** The database of chats (specification, 985-1175, as changed by the decisions on chats). */
export const chatsDatabase: DatabaseDefinition<Db> = {
  name: 'ChatServiceDB',
  collections: [
    conversations,
    directConversations,
    members,
    receipts,
    messages,
    messageReactions,
    messageDeletions,
    messageEdits,
    conversationEvents,
    ...peopleCollections(),
    outbox,
    outboxRelay,
    inbox,
  ],
  migrations: [],
};
