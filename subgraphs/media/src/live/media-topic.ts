import type { LiveTopics } from '@postbook/service-kit';
import type { MediaFile } from '../media/media.ts';

/** The topic on which is told that a file has changed. What it is now is read from the store. */
export const mediaTopic = (mediaId: string): string => `media:${mediaId}`;

/** Tells whoever waits for a file that it has changed. Never rejects. */
export const announce = (live: LiveTopics, { id }: Pick<MediaFile, 'id'>): Promise<void> =>
  live.publish(mediaTopic(id), {});
