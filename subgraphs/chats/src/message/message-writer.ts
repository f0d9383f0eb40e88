import { createEvent } from '@postbook/events';
import type { MongoTransaction, Transactor } from '@postbook/service-kit';
import type { Conversation } from '../conversation/conversation.ts';
import { isPresent } from '../conversation/conversation-policy.ts';
import type { ConversationRepository } from '../conversation/conversation-repository.ts';
import type { MemberRepository } from '../conversation/member-repository.ts';
import type { ChangeLog } from '../live/change-log.ts';
import type { Draft, Message } from './message.ts';
import { type MessageRepository, type NewMessage, newMessageId } from './message-repository.ts';

/** What came of one draft of a batch. */
export type WriteResult =
  | { readonly kind: 'Stored'; readonly message: Message }
  /** Its `clientMessageId` was used for other content. */
  | { readonly kind: 'Conflict' }
  /** Its sender has left meanwhile. */
  | { readonly kind: 'NotAMember' };

/** What {@link createMessageWriter} needs. */
export interface MessageWriterOptions {
  readonly transactor: Transactor<MongoTransaction>;
  readonly conversations: ConversationRepository;
  readonly members: MemberRepository;
  readonly messages: MessageRepository;
  readonly changeLog: ChangeLog;
  /** When a message is sent. */
  now(): Date;
}

/** Members named in an event; the readers of a larger conversation's event ask here (event catalogue). */
const MAX_NAMED_RECIPIENTS = 256;

const requestKey = (senderId: string, clientMessageId: string): string => `${senderId} ${clientMessageId}`;

const toEvent = (conversation: Conversation, message: Message, sequence: number, traceparent: string | undefined) =>
  createEvent({
    type: 'MessageSent',
    aggregateId: conversation.id,
    version: sequence,
    occurredAt: message.createdAt,
    traceparent,
    payload: {
      conversationId: conversation.id,
      sequence,
      messageId: message.id,
      senderId: message.senderId,
      messageNumber: message.number,
      conversationKind: conversation.kind,
      ...(conversation.memberIds.length <= MAX_NAMED_RECIPIENTS
        ? { recipientIds: conversation.memberIds.filter((id) => id !== message.senderId) }
        : {}),
      mentionedUserIds: [],
      isRequest: false,
      ...(message.mediaIds.length > 0 ? { mediaIds: [...message.mediaIds] } : {}),
    },
  });

/** Splits a batch into drafts that need a number and those whose answer is known without. */
function sortOut(
  drafts: readonly Draft[],
  present: ReadonlySet<string>,
  stored: ReadonlyMap<string, { message: Message; requestHash: string }>,
) {
  const fresh: Draft[] = [];
  const firstOf = new Map<string, Draft>();
  /** For each draft: its result, or the fresh draft that it is or repeats. */
  const answers = drafts.map((draft): WriteResult | Draft => {
    const { request } = draft;
    const key = request && requestKey(draft.senderId, request.clientMessageId);
    const earlier = key === undefined ? undefined : stored.get(key);
    if (earlier) {
      return earlier.requestHash === request?.requestHash
        ? { kind: 'Stored', message: earlier.message }
        : { kind: 'Conflict' };
    }
    const twin = key === undefined ? undefined : firstOf.get(key);
    if (twin) return twin.request?.requestHash === request?.requestHash ? twin : { kind: 'Conflict' };
    if (!present.has(draft.senderId)) return { kind: 'NotAMember' };
    if (key !== undefined) firstOf.set(key, draft);
    fresh.push(draft);
    return draft;
  });
  return { fresh, answers };
}

/** Stores messages of one conversation, many in one transaction. */
export function createMessageWriter(options: MessageWriterOptions) {
  const { transactor, conversations, members, messages, changeLog, now } = options;

  /** Numbers the drafts and stores them with their changes and events. */
  async function store(tx: MongoTransaction, conversationId: string, fresh: readonly Draft[]): Promise<Message[]> {
    const at = now();
    const by = { messages: fresh.length, changes: fresh.length, at };
    const conversation = await conversations.advance(tx, conversationId, by);
    if (!conversation) throw new Error(`conversation ${conversationId} is gone`);
    const numbered = fresh.map(
      (draft, index): NewMessage => ({
        ...draft,
        id: newMessageId(),
        number: conversation.messageNumber - fresh.length + index + 1,
        sequence: conversation.sequence - fresh.length + index + 1,
      }),
    );
    const written = await messages.insert(tx, conversationId, numbered, at);
    const logged = written.map((message, index) => {
      const sequence = numbered[index]?.sequence ?? 0;
      return {
        change: { kind: 'MessageSent', conversationId, sequence, messageId: message.id } as const,
        event: toEvent(conversation, message, sequence, numbered[index]?.traceparent),
      };
    });
    await changeLog.append(tx, logged, at);
    return written;
  }

  return {
    /**
     * Stores the drafts in their order; one result for each. What was stored before for the same `clientMessageId` is
     * found in the transaction that takes the numbers, so a retry takes none: another process that stores it at the
     * same time moves the counters too, and one of the two transactions starts again.
     */
    write(conversationId: string, drafts: readonly Draft[]): Promise<WriteResult[]> {
      return transactor.run(async (tx) => {
        const requests = drafts.flatMap(({ senderId, request }) =>
          request ? [{ senderId, clientMessageId: request.clientMessageId }] : [],
        );
        const senders = [...new Set(drafts.map(({ senderId }) => senderId))];
        const sent = await messages.sentBy(conversationId, requests, tx);
        const known = await members.among(tx, conversationId, senders);
        const present = new Set(known.filter(isPresent).map(({ userId }) => userId));
        const stored = new Map(
          sent.map((earlier) => [requestKey(earlier.message.senderId, earlier.message.clientMessageId ?? ''), earlier]),
        );
        const { fresh, answers } = sortOut(drafts, present, stored);
        const written = fresh.length > 0 ? await store(tx, conversationId, fresh) : [];
        const messageOf = new Map(fresh.map((draft, index) => [draft, written[index]]));
        return answers.map((answer): WriteResult => {
          if ('kind' in answer) return answer;
          const message = messageOf.get(answer);
          if (!message) throw new Error('a draft was lost');
          return { kind: 'Stored', message };
        });
      });
    },
  };
}

/** What {@link createMessageWriter} returns. */
export type MessageWriter = ReturnType<typeof createMessageWriter>;
