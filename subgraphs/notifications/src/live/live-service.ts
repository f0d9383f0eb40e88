import { createReplayableStream, type LiveTopics, type Logger, type ReplayableStream } from '@postbook/service-kit';
import DataLoader from 'dataloader';
import type { Change } from './change.ts';
import type { ChangeRepository } from './change-repository.ts';
import { fromEventCursor, toEventCursor } from './event-cursor.ts';
import type { HeadRepository } from './head-repository.ts';
import { notificationTopic, parseChange } from './notification-topic.ts';

/** What {@link createLiveService} needs. */
export interface LiveServiceOptions {
  readonly changes: ChangeRepository;
  readonly heads: HeadRepository;
  readonly live: LiveTopics;
  readonly headCheckMs: number;
  readonly log: Logger;
}

/** How long checks are gathered, in milliseconds: thousands of open streams then look into the store with few queries. */
const GATHER_MS = 10;

/** Opens streams of people's notifications. */
export function createLiveService({ changes, heads, live, headCheckMs, log }: LiveServiceOptions) {
  const sequences = new DataLoader<string, number>(
    async (userIds) => {
      const found = await heads.sequencesOf([...new Set(userIds)]);
      return userIds.map((userId) => found.get(userId) ?? 0);
    },
    { cache: false, maxBatchSize: 500, batchScheduleFn: (run) => setTimeout(run, GATHER_MS) },
  );

  return {
    /** The cursor of a person's newest change. */
    cursor: async (viewerId: string): Promise<string> => toEventCursor(viewerId, await sequences.load(viewerId)),

    /**
     * All that happens to the viewer's notifications after the cursor, or from now on without one. Nobody else's: the
     * cursor and the topic are the viewer's.
     *
     * @throws BadUserInputError for a foreign cursor.
     */
    async open(viewerId: string, after: string | null | undefined): Promise<ReplayableStream<Change>> {
      const start = after == null ? await sequences.load(viewerId) : fromEventCursor(viewerId, after);
      return createReplayableStream<Change>({
        topics: live,
        topic: notificationTopic(viewerId),
        fromMessage: parseChange,
        cursorOf: ({ sequence }) => sequence,
        readAfter: (sequence, limit) => changes.after(viewerId, sequence, limit),
        after: start,
        headOf: () => sequences.load(viewerId),
        headCheckMs,
        log,
      });
    },
  };
}

/** What {@link createLiveService} returns. */
export type LiveService = ReturnType<typeof createLiveService>;
