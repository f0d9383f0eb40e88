import {
  createReplayableStream,
  type LiveTopics,
  type Logger,
  NotFoundError,
  READ_FROM_STORE,
} from '@postbook/service-kit';
import type { MediaFile } from '../media/media.ts';
import type { MediaReader } from '../media/media-reader.ts';
import { mediaTopic } from './media-topic.ts';

/** How often an open stream compares itself with the store, in milliseconds: its only news while Redis is away. */
const HEAD_CHECK_MS = 2_000;

/** What {@link createLiveService} needs. */
export interface LiveServiceOptions {
  readonly reader: MediaReader;
  readonly live: LiveTopics;
  readonly log: Logger;
}

const isSettled = ({ status }: MediaFile): boolean => status === 'Completed' || status === 'Failed';
const unknown = () => new NotFoundError('You have no file with this id.');

/** Follows files on their way. */
export function createLiveService({ reader, live, log }: LiveServiceOptions) {
  return {
    /** A file of the viewer's as it is and as it becomes, until it is ready or has failed. @throws NotFoundError */
    async open(viewerId: string, mediaId: string): Promise<AsyncIterableIterator<MediaFile, undefined>> {
      const file = await reader.own(viewerId, mediaId);
      if (!file) throw unknown();
      const stream = createReplayableStream<MediaFile>({
        topics: live,
        topic: mediaTopic(file.id),
        fromMessage: () => READ_FROM_STORE,
        cursorOf: ({ version }) => version,
        after: 0,
        headCheckMs: HEAD_CHECK_MS,
        log,
        async readAfter(version) {
          const current = await reader.own(viewerId, file.id);
          if (!current) stream.fail(unknown());
          return current && current.version > version ? [current] : [];
        },
      });
      let hasSettled = false;
      const steps: AsyncIterableIterator<MediaFile, undefined> = {
        [Symbol.asyncIterator]: () => steps,
        async next() {
          // Nothing can follow, so that nobody has to listen on.
          if (hasSettled) return stream.return();
          const result = await stream.next();
          hasSettled = !result.done && isSettled(result.value);
          return result;
        },
        return: () => stream.return(),
      };
      return steps;
    },
  };
}

/** What {@link createLiveService} returns. */
export type LiveService = ReturnType<typeof createLiveService>;
