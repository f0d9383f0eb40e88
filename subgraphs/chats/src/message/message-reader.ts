import {
  type Connection,
  type ConnectionArguments,
  createCursorCodec,
  type PageRequest,
  pageRequest,
  toConnection,
  toPage,
} from '@postbook/service-kit';
import { z } from 'zod';
import type { ConversationView } from '../conversation/conversation.ts';
import type { ConversationAccess } from '../conversation/conversation-access.ts';
import { maySeeNumber, type NumberRange, visibleRanges } from '../conversation/conversation-policy.ts';
import type { Message } from './message.ts';
import type { MessageRepository } from './message-repository.ts';

const cursors = createCursorCodec('messages', z.int().nonnegative());

/** The parts of the ranges that a page can come from, in the order in which they are read. */
export function rangesOfPage(ranges: readonly NumberRange[], request: PageRequest<number>): NumberRange[] {
  const { cursor, direction } = request;
  const isForward = direction === 'forward';
  const clipped = ranges
    .map(({ from, to }) => ({
      from: isForward && cursor !== undefined ? Math.max(from, cursor + 1) : from,
      to: !isForward && cursor !== undefined ? Math.min(to, cursor - 1) : to,
    }))
    .filter(({ from, to }) => from <= to);
  return isForward ? clipped : clipped.reverse();
}

/** Reads messages, as the viewer may see them. */
export function createMessageReader(access: ConversationAccess, messages: MessageRepository) {
  return {
    /** A page of a conversation's history, oldest first. @throws BadUserInputError */
    async history(view: ConversationView, args: ConnectionArguments): Promise<Connection<Message>> {
      const request = pageRequest(args, cursors);
      const rows: Message[] = [];
      for (const range of rangesOfPage(visibleRanges(view), request)) {
        const missing = request.limit + 1 - rows.length;
        if (missing <= 0) break;
        rows.push(...(await messages.inRange(view.conversation.id, range, request.direction, missing)));
      }
      return toConnection(
        toPage(rows, request.limit),
        request,
        cursors,
        ({ number }) => number,
        (row) => row,
      );
    },

    /** Those of these messages that the viewer may see, in the order of ids; null for the others. */
    async visible(viewerId: string, ids: readonly string[]): Promise<(Message | null)[]> {
      const found = await messages.byIds(ids);
      const conversationIds = [...new Set(found.map(({ conversationId }) => conversationId))];
      const views = new Map(
        (await access.views(viewerId, conversationIds)).flatMap((view) =>
          view ? [[view.conversation.id, view] as const] : [],
        ),
      );
      const byId = new Map(found.map((message) => [message.id, message]));
      return ids.map((id) => {
        const message = byId.get(id.toLowerCase());
        const view = message && views.get(message.conversationId);
        return message && view && maySeeNumber(view, message.number) ? message : null;
      });
    },
  };
}

/** What {@link createMessageReader} returns. */
export type MessageReader = ReturnType<typeof createMessageReader>;
