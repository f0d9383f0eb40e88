import { setTimeout as pause } from 'node:timers/promises';
import {
  createReplayableStream,
  ForbiddenError,
  isTransientError,
  type LiveTopics,
  type Logger,
  type ReplayableStream,
} from '@postbook/service-kit';
import type { CommentView } from '../comment/comment.ts';
import { parseTopicMessage, postTopic } from './comment-topic.ts';

/** A comment in the order in which they were written: ids only. */
export interface CommentRef {
  readonly sequence: number;
  readonly commentId: string;
}

/** What a listener is told. */
export interface CommentAdded {
  readonly sequence: number;
  readonly view: CommentView;
}

/** Options of {@link createCommentStream}. */
export interface CommentStreamOptions {
  readonly topics: Pick<LiveTopics, 'subscribe'>;
  readonly postId: string;
  /** Comments with a higher sequence are told. */
  readonly after: number;
  /** Up to `limit` comments after a sequence, lowest first, whoever may see them. */
  readonly readAfter: (sequence: number, limit: number) => Promise<readonly CommentRef[]>;
  /** The newest comment's sequence. @throws ForbiddenError when the viewer may no longer see the post. */
  readonly head: () => Promise<number>;
  /** A comment as the viewer sees it; null for one that is gone or hidden. @throws ForbiddenError as `head` does. */
  readonly show: (commentId: string) => Promise<CommentView | null>;
  readonly headCheckMs: number;
  readonly log: Logger;
}

const DONE = { done: true, value: undefined } as const;
const RETRY_MS = 500;

/**
 * Comments on a post, each once and in order, as the viewer may see them.
 *
 * Whether the viewer may still listen is asked before every read of the store, for every comment, at every head check and
 * whenever the topic says so; as soon as they may not, what is held is dropped and the stream fails.
 */
export function createCommentStream(options: CommentStreamOptions): ReplayableStream<CommentAdded> {
  let isOver = false;
  const refs = createReplayableStream<CommentRef>({
    topics: options.topics,
    topic: postTopic(options.postId),
    fromMessage,
    cursorOf: ({ sequence }) => sequence,
    readAfter: async (sequence, limit) => {
      await checkAccess();
      return options.readAfter(sequence, limit);
    },
    after: options.after,
    headOf: checkAccess,
    headCheckMs: options.headCheckMs,
    log: options.log,
  });

  function fail(error: Error): void {
    isOver = true;
    refs.fail(error);
  }

  async function checkAccess(): Promise<number> {
    try {
      return await options.head();
    } catch (error) {
      if (error instanceof ForbiddenError) fail(error);
      throw error;
    }
  }

  function fromMessage(value: unknown): CommentRef | null {
    const message = parseTopicMessage(value);
    if (message?.kind === 'AccessChanged') checkAccess().catch(() => undefined);
    return message?.kind === 'CommentAdded' ? message : null;
  }

  /** The comment, asked for again while the store is away: an event that was taken must not be lost. */
  async function show(commentId: string): Promise<CommentView | null> {
    for (;;) {
      try {
        return await options.show(commentId);
      } catch (error) {
        if (isOver || !isTransientError(error)) throw error;
        await pause(RETRY_MS, undefined, { ref: false });
      }
    }
  }

  return {
    [Symbol.asyncIterator]() {
      return this;
    },

    async next() {
      for (;;) {
        const { done, value } = await refs.next();
        if (done || !value) return DONE;
        const view = await show(value.commentId).catch((error: Error) => {
          fail(error);
          return undefined;
        });
        // The first `next` after a failure reports it.
        if (view && !isOver) return { done: false, value: { sequence: value.sequence, view } };
      }
    },

    return() {
      isOver = true;
      return refs.return();
    },

    fail,
  };
}
