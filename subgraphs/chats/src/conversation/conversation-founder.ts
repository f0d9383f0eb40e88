import { createEvent } from '@postbook/events';
import { currentRequestTrace, type MongoTransaction } from '@postbook/service-kit';
import type { ChangeLog } from '../live/change-log.ts';
import type { Conversation } from './conversation.ts';
import type { ConversationRepository, NewConversation } from './conversation-repository.ts';
import type { MemberRepository } from './member-repository.ts';

/** A conversation's first change. */
const FIRST_SEQUENCE = 1;

/** What {@link createConversationFounder} needs. */
export interface ConversationFounderOptions {
  readonly conversations: ConversationRepository;
  readonly members: MemberRepository;
  readonly changeLog: ChangeLog;
}

/** Stores a new conversation with its first members, its first change and the event of it. */
export function createConversationFounder({ conversations, members, changeLog }: ConversationFounderOptions) {
  return async (tx: MongoTransaction, founded: NewConversation): Promise<Conversation> => {
    const { id, kind, createdById, createdAt } = founded;
    const conversation = await conversations.insert(tx, founded);
    await members.insert(
      tx,
      id,
      founded.memberIds.map((userId) => ({
        userId,
        role: kind === 'Group' && userId === createdById ? 'Owner' : 'Member',
        joinedNumber: 0,
        joinedSequence: FIRST_SEQUENCE,
        joinedAt: createdAt,
      })),
    );
    const event = createEvent({
      type: 'ConversationCreated',
      aggregateId: id,
      version: FIRST_SEQUENCE,
      occurredAt: createdAt,
      traceparent: currentRequestTrace()?.traceparent,
      payload: {
        conversationId: id,
        sequence: FIRST_SEQUENCE,
        kind,
        createdById,
        memberIds: [...founded.memberIds],
      },
    });
    const change = { kind: 'Created', conversationId: id, sequence: FIRST_SEQUENCE } as const;
    await changeLog.append(tx, [{ change, event }], createdAt);
    return conversation;
  };
}

/** What {@link createConversationFounder} returns. */
export type ConversationFounder = ReturnType<typeof createConversationFounder>;
