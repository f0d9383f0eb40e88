import { done, type MongoTransaction, type Outcome, refused, type Transactor, userError } from '@postbook/service-kit';
import type { ConversationView } from '../conversation/conversation.ts';
import type { ConversationAccess } from '../conversation/conversation-access.ts';
import { isPresent, lastVisibleNumber } from '../conversation/conversation-policy.ts';
import type { MemberRepository } from '../conversation/member-repository.ts';
import type { ReadMark } from '../live/change.ts';
import type { ReceiptRepository } from './receipt-repository.ts';

/** What {@link createReadService} needs. */
export interface ReadServiceOptions {
  readonly transactor: Transactor<MongoTransaction>;
  readonly access: ConversationAccess;
  readonly members: MemberRepository;
  readonly receipts: ReceiptRepository;
  readonly announcer: { tell(mark: ReadMark): void };
}

/** Moves watermarks. */
export function createReadService({ transactor, access, members, receipts, announcer }: ReadServiceOptions) {
  return {
    /**
     * Marks everything up to the number as read, or up to the newest message if that is less. Going back changes
     * nothing.
     */
    async markRead(
      viewerId: string,
      input: { readonly conversationId: string; readonly messageNumber: number },
    ): Promise<Outcome<ConversationView>> {
      const view = await access.view(viewerId, input.conversationId);
      if (!view) return refused(userError('NOT_FOUND', 'You have no conversation with this id.', 'conversationId'));
      if (input.messageNumber < 0) {
        return refused(userError('INVALID_FORMAT', 'Numbers of messages start at 1.', 'messageNumber'));
      }
      const { conversation, member } = view;
      const to = Math.min(input.messageNumber, lastVisibleNumber(view));
      if (to <= member.lastReadNumber) return done(view);

      await transactor.run(async (tx) => {
        const hasMoved = await members.advanceRead(tx, member, to);
        if (!hasMoved) return;
        await receipts.record(tx, member, to, new Date());
        // Those who left read what they had, and nobody hears of it.
        if (!isPresent(member)) return;
        const { id: conversationId, sequence } = conversation;
        tx.afterCommit(() =>
          announcer.tell({ kind: 'MessagesRead', conversationId, userId: viewerId, lastReadNumber: to, sequence }),
        );
      });
      const after = await access.view(viewerId, conversation.id);
      return done(after ?? view);
    },
  };
}

/** What {@link createReadService} returns. */
export type ReadService = ReturnType<typeof createReadService>;
