import {
  createReplayableStream,
  ForbiddenError,
  type LiveTopics,
  type Logger,
  type ReplayableStream,
} from '@postbook/service-kit';
import type { Change, ReadMark } from './change.ts';
import { conversationTopic, parseTopicMessage } from './conversation-topic.ts';

/** What a listener is told, with the sequence of the last lasting change as of then. */
export interface StreamEvent {
  readonly event: Exclude<Change, { kind: 'Created' }> | ReadMark;
  readonly sequence: number;
}

/** Options of {@link createConversationStream}. */
export interface ConversationStreamOptions {
  readonly topics: Pick<LiveTopics, 'subscribe'>;
  readonly conversationId: string;
  /** Absent when it is told for no viewer in particular. */
  readonly viewerId?: string | undefined;
  /** Changes with a higher sequence are told. */
  readonly after: number;
  /** Up to `limit` changes after a sequence, lowest first. */
  readonly readAfter: (sequence: number, limit: number) => Promise<readonly Change[]>;
  /** The newest change's sequence. @throws ForbiddenError when the viewer may no longer listen. */
  readonly head: () => Promise<number>;
  readonly headCheckMs: number;
  /**
   * For a stream that only leads up to the shared one: called when it waits for what comes live. Watermarks are left to
   * the shared stream, as they have no number by which one told twice could be known.
   */
  readonly onCaughtUp?: ((sequence: number) => void) | undefined;
  readonly log: Logger;
}

const DONE = { done: true, value: undefined } as const;

const toStreamEvent = (event: StreamEvent['event']) =>
  ({ done: false, value: { event, sequence: event.sequence } }) as const;

/**
 * The changes of a conversation, each once and in order, with the watermarks of its members in between. A watermark is
 * told only live, after the changes that its reader had seen; of several of one person that wait, only the last.
 *
 * Whether the viewer may still listen is asked before every read of the store, at every head check and whenever the
 * topic says so; as soon as they may not, what is held is dropped and the stream fails.
 */
export function createConversationStream(options: ConversationStreamOptions): ReplayableStream<StreamEvent> {
  const { viewerId } = options;
  const marks = new Map<string, ReadMark>();
  let told = options.after;
  let isFetching = false;
  let held: IteratorResult<StreamEvent, undefined> | undefined;
  let waiting: PromiseWithResolvers<IteratorResult<StreamEvent, undefined>> | undefined;
  let ending: { readonly error: Error | undefined } | undefined;

  const changes = createReplayableStream<Change>({
    topics: options.topics,
    topic: conversationTopic(options.conversationId),
    fromMessage,
    cursorOf: ({ sequence }) => sequence,
    readAfter: async (sequence, limit) => {
      await checkAccess();
      return options.readAfter(sequence, limit);
    },
    after: options.after,
    headOf: checkAccess,
    headCheckMs: options.headCheckMs,
    onCaughtUp: options.onCaughtUp,
    log: options.log,
  });

  function end(error: Error | undefined): void {
    if (ending) return;
    ending = { error };
    held = undefined;
    marks.clear();
    void changes.return();
    const waiter = waiting;
    waiting = undefined;
    if (waiter && error) {
      ending = { error: undefined };
      waiter.reject(error);
    } else waiter?.resolve(DONE);
  }

  async function checkAccess(): Promise<number> {
    try {
      return await options.head();
    } catch (error) {
      if (error instanceof ForbiddenError) end(error);
      throw error;
    }
  }

  function fromMessage(value: unknown): Change | null {
    const message = parseTopicMessage(value);
    if (!message) return null;
    switch (message.kind) {
      case 'AccessChanged':
        checkAccess().catch(() => undefined);
        return null;
      case 'MessagesRead':
        if (options.onCaughtUp) return null;
        // One's own watermark is news for one's other devices too.
        marks.set(message.userId, message);
        advance();
        return null;
      case 'MemberLeft':
        if (message.userId === viewerId) checkAccess().catch(() => undefined);
        return message;
      default:
        return message;
    }
  }

  /** The first watermark whose reader had seen nothing that the listener hasn't. */
  function takeMark(): StreamEvent | undefined {
    for (const [userId, mark] of marks) {
      if (mark.sequence > told) continue;
      marks.delete(userId);
      return { event: mark, sequence: told };
    }
    return undefined;
  }

  /** Gives the waiting consumer what there is; changes go before watermarks. */
  function advance(): void {
    if (!waiting || ending) return;
    const mark = held ? undefined : takeMark();
    const result = held ?? (mark && { done: false as const, value: mark });
    if (!result) {
      if (!isFetching) void fetchChange();
      return;
    }
    held = undefined;
    if (!result.done) told = result.value.sequence;
    const waiter = waiting;
    waiting = undefined;
    waiter.resolve(result);
  }

  async function fetchChange(): Promise<void> {
    isFetching = true;
    try {
      for (;;) {
        const { done, value: change } = await changes.next();
        if (change?.kind === 'Created') continue;
        held = done || !change ? DONE : toStreamEvent(change);
        break;
      }
    } catch (error) {
      end(error as Error);
    }
    isFetching = false;
    advance();
  }

  return {
    [Symbol.asyncIterator]() {
      return this;
    },

    next() {
      if (ending) {
        const { error } = ending;
        ending = { error: undefined };
        return error ? Promise.reject(error) : Promise.resolve(DONE);
      }
      if (waiting) throw new Error('one next() at a time');
      waiting = Promise.withResolvers();
      const { promise } = waiting;
      advance();
      return promise;
    },

    return() {
      end(undefined);
      return Promise.resolve(DONE);
    },

    fail: end,
  };
}
