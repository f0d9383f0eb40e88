import type { AttachmentRule, Attachments } from '@postbook/attachments';
import {
  createBatchQueue,
  currentRequestTrace,
  done,
  idempotencyConflict,
  isTransientError,
  type Outcome,
  QueueFullError,
  refused,
  UnavailableError,
  type UserErrorValue,
  userError,
} from '@postbook/service-kit';
import type { ConversationView } from '../conversation/conversation.ts';
import type { ConversationAccess } from '../conversation/conversation-access.ts';
import { isPresent, otherOf } from '../conversation/conversation-policy.ts';
import type { Contacts } from '../people/contacts.ts';
import type { Draft, Message } from './message.ts';
import { checkClientId, checkContent, MAX_FILES, type MessageContentInput, toDraft } from './message-input.ts';
import type { MessageRepository } from './message-repository.ts';
import type { MessageWriter, WriteResult } from './message-writer.ts';

/** A message to send, as it came. */
export interface SendMessageInput extends MessageContentInput {
  readonly conversationId: string;
}

/** What {@link createMessageService} needs. */
export interface MessageServiceOptions {
  readonly access: ConversationAccess;
  readonly contacts: Contacts;
  readonly messages: MessageRepository;
  readonly attachments: Attachments;
  readonly writer: MessageWriter;
}

/** Messages stored in one transaction: more would hold up the next batch for longer than it saves. */
const MAX_BATCH = 100;
/** Messages of one conversation that may wait in a process before it refuses more. */
const MAX_WAITING = 2_000;

/** Files of any kind, if they were uploaded for chats. */
const FILE_RULE: Omit<AttachmentRule, 'ownerId'> = {
  kinds: ['Image', 'Video', 'Audio', 'Document'],
  categories: ['Chat'],
  maximum: MAX_FILES,
};

const noConversation = () =>
  refused(userError('NOT_FOUND', 'You have no conversation with this id.', 'conversationId'));

const notAllowed = () => refused(userError('NOT_ALLOWED', 'You can’t write in this conversation.', 'conversationId'));

/** Sends messages. */
export function createMessageService({ access, attachments, contacts, messages, writer }: MessageServiceOptions) {
  const queue = createBatchQueue<string, Draft, WriteResult>({
    keyOf: (conversationId) => conversationId,
    maxBatch: MAX_BATCH,
    maxWaiting: MAX_WAITING,
    work: (conversationId, drafts) => writer.write(conversationId, drafts),
  });

  async function enqueue(conversationId: string, draft: Draft): Promise<WriteResult> {
    try {
      return await queue.add(conversationId, draft);
    } catch (cause) {
      if (cause instanceof QueueFullError) {
        throw new UnavailableError('Too many messages at once in this conversation. Retry after a moment.', { cause });
      }
      if (!isTransientError(cause)) throw cause;
      throw new UnavailableError('The message may not have been sent. Retry with the same clientMessageId.', { cause });
    }
  }

  /** The first answer to this request, if it was answered: also to somebody who could not send it any more. */
  async function earlierAnswer(conversationId: string, { senderId, request }: Draft): Promise<Message | undefined> {
    if (!request) return undefined;
    const [earlier] = await messages.sentBy(conversationId, [{ senderId, clientMessageId: request.clientMessageId }]);
    if (earlier && earlier.requestHash !== request.requestHash) throw idempotencyConflict('clientMessageId');
    return earlier?.message;
  }

  /** Whether the viewer may write now. @throws UnavailableError when it can't be told. */
  async function mayWrite(viewerId: string, { conversation, member }: ConversationView): Promise<boolean> {
    const other = otherOf(conversation, viewerId);
    return isPresent(member) && (other === undefined || contacts.mayWrite(viewerId, other));
  }

  /** What is wrong with the files of a message. @throws UnavailableError when media doesn't answer. */
  async function mistakesOfFiles({ senderId, mediaIds }: Draft): Promise<readonly UserErrorValue[]> {
    if (mediaIds.length === 0) return [];
    return (await attachments.check(mediaIds, { ...FILE_RULE, ownerId: senderId }, 'mediaIds')).mistakes;
  }

  function answerOf(result: WriteResult): Outcome<Message> {
    switch (result.kind) {
      case 'Stored':
        return done(result.message);
      case 'Conflict':
        throw idempotencyConflict('clientMessageId');
      case 'NotAMember':
        return notAllowed();
      default:
        return result satisfies never;
    }
  }

  return {
    /** Sends a message. @throws IdempotencyConflictError, UnavailableError */
    async send(viewerId: string, input: SendMessageInput): Promise<Outcome<Message>> {
      const mistakes = [checkContent(input), checkClientId(input.clientMessageId, 'clientMessageId')].filter(
        (mistake) => mistake !== undefined,
      );
      if (mistakes.length > 0) return refused(...mistakes);

      const view = await access.view(viewerId, input.conversationId);
      if (!view) return noConversation();
      const { id } = view.conversation;
      const draft = toDraft(viewerId, input, currentRequestTrace()?.traceparent);
      const isAllowed = await mayWrite(viewerId, view).catch((error: UnavailableError) => error);
      if (isAllowed !== true || draft.mediaIds.length > 0) {
        // For whoever may write without more questions, the transaction that takes the number finds it. A retry is
        // answered even if the files of the first request are gone by now.
        const earlier = await earlierAnswer(id, draft);
        if (earlier) return done(earlier);
      }
      if (isAllowed instanceof Error) throw isAllowed;
      if (!isAllowed) return notAllowed();
      const unfit = await mistakesOfFiles(draft);
      return unfit.length > 0 ? refused(...unfit) : answerOf(await enqueue(id, draft));
    },
  };
}

/** What {@link createMessageService} returns. */
export type MessageService = ReturnType<typeof createMessageService>;
