import { ForbiddenError, type LiveTopics, type Logger, type ReplayableStream } from '@postbook/service-kit';
import type { ConversationAccess } from '../conversation/conversation-access.ts';
import { isPresent } from '../conversation/conversation-policy.ts';
import type { ChangeRepository } from './change-repository.ts';
import { createConversationStream, type StreamEvent } from './conversation-stream.ts';
import { fromEventCursor } from './event-cursor.ts';
import type { LiveAccess } from './live-access.ts';

/** What {@link createLiveService} needs. */
export interface LiveServiceOptions {
  readonly access: ConversationAccess;
  readonly liveAccess: LiveAccess;
  readonly changes: ChangeRepository;
  readonly live: LiveTopics;
  readonly headCheckMs: number;
  readonly log: Logger;
}

/** Opens streams of conversations. */
export function createLiveService(options: LiveServiceOptions) {
  const { access, liveAccess, changes, live, headCheckMs, log } = options;
  return {
    /**
     * All that happens in the conversation after the cursor, or from now on without one; nothing from before the viewer
     * joined.
     *
     * @throws ForbiddenError for whoever is no member, whether or not there is such a conversation.
     * @throws BadUserInputError for a foreign cursor.
     */
    async open(
      viewerId: string,
      conversationId: string,
      after: string | null | undefined,
    ): Promise<ReplayableStream<StreamEvent>> {
      const view = await access.view(viewerId, conversationId);
      if (!view || !isPresent(view.member)) throw new ForbiddenError('You are not in a conversation with this id.');
      const { id } = view.conversation;
      const head = await liveAccess.head(viewerId, id);
      const start = after == null ? head : fromEventCursor(id, after);
      return createConversationStream({
        topics: live,
        conversationId: id,
        viewerId,
        // Their own joining is the first change they know of.
        after: Math.max(Math.min(start, head), view.member.joinedSequence),
        readAfter: (sequence, limit) => changes.after(id, sequence, limit),
        head: () => liveAccess.head(viewerId, id),
        headCheckMs,
        log,
      });
    },
  };
}

/** What {@link createLiveService} returns. */
export type LiveService = ReturnType<typeof createLiveService>;
