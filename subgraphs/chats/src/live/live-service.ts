import {
  attachToTopic,
  BadUserInputError,
  ForbiddenError,
  type LiveStream,
  type LiveTopics,
  type Logger,
  type ReplayableStream,
  watchAccess,
  withLivePositions,
} from '@postbook/service-kit';
import type { ConversationAccess } from '../conversation/conversation-access.ts';
import { isPresent } from '../conversation/conversation-policy.ts';
import type { ChangeRepository } from './change-repository.ts';
import { type ConversationStreamOptions, createConversationStream, type StreamEvent } from './conversation-stream.ts';
import { conversationTopic, parseTopicMessage } from './conversation-topic.ts';
import { fromEventCursor, toEventCursor } from './event-cursor.ts';
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

/** Whether a message may mean that the viewer can't listen any more. */
function concernsAccessOf(viewerId: string, value: unknown): boolean {
  const message = parseTopicMessage(value);
  return message?.kind === 'AccessChanged' || (message?.kind === 'MemberLeft' && message.userId === viewerId);
}

const sequenceOf = ({ sequence }: StreamEvent): number => sequence;

/** Opens streams of conversations. */
export function createLiveService(options: LiveServiceOptions) {
  const { access, liveAccess, changes, live, headCheckMs, log } = options;

  /** Authorises the viewer, and finds where their stream begins. */
  async function begin(viewerId: string, conversationId: string, after: string | null | undefined) {
    const view = await access.view(viewerId, conversationId);
    if (!view || !isPresent(view.member)) throw new ForbiddenError('You are not in a conversation with this id.');
    const { id } = view.conversation;
    const head = await liveAccess.head(viewerId, id);
    const start = after == null ? head : fromEventCursor(id, after);
    // Their own joining is the first change they know of.
    return { id, start: Math.max(Math.min(start, head), view.member.joinedSequence) };
  }

  const streamOf = (
    id: string,
    own: Pick<ConversationStreamOptions, 'viewerId' | 'after' | 'head' | 'onCaughtUp'>,
  ): ReplayableStream<StreamEvent> =>
    createConversationStream({
      topics: live,
      conversationId: id,
      readAfter: (sequence, limit) => changes.after(id, sequence, limit),
      headCheckMs,
      log,
      ...own,
    });

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
      const { id, start } = await begin(viewerId, conversationId, after);
      return streamOf(id, { viewerId, after: start, head: () => liveAccess.head(viewerId, id) });
    },

    /** The same up to now; what comes after is left to {@link openTopic}, and only the viewer's rights are watched. */
    async attach(
      viewerId: string,
      conversationId: string,
      after: string | null | undefined,
    ): Promise<LiveStream<StreamEvent>> {
      const { id, start } = await begin(viewerId, conversationId, after);
      const head = () => liveAccess.head(viewerId, id);
      return attachToTopic({
        replay: (onCaughtUp) => streamOf(id, { viewerId, after: start, head, onCaughtUp }),
        watch: (onRefused) =>
          watchAccess({
            topics: live,
            topic: conversationTopic(id),
            concerns: (message) => concernsAccessOf(viewerId, message),
            check: head,
            isRefusal: (error) => error instanceof ForbiddenError,
            checkMs: headCheckMs,
            onRefused,
            log,
          }),
        livePosition: sequenceOf,
        noticeAt: (position) => ({ position, topic: conversationTopic(id), cursor: toEventCursor(id, position) }),
      });
    },

    /**
     * All that happens in the conversation after a change, for the gateway, which tells it to those it attached.
     *
     * @throws BadUserInputError when the topic isn't the conversation's.
     */
    async openTopic(conversationId: string, topic: string, after: number): Promise<LiveStream<StreamEvent>> {
      if (topic !== conversationTopic(conversationId)) throw new BadUserInputError('The topic is of something else.');
      const head = () => liveAccess.sequence(conversationId);
      await head();
      return withLivePositions(streamOf(conversationId, { after, head }), sequenceOf);
    },
  };
}

/** What {@link createLiveService} returns. */
export type LiveService = ReturnType<typeof createLiveService>;
