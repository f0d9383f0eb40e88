import DataLoader from 'dataloader';
import type { MediaFile } from './media/media.ts';
import type { MediaReader } from './media/media-reader.ts';

/** On whose behalf files are asked for. */
export interface Asker {
  /** Undefined for the anonymous. */
  readonly viewerId: string | undefined;
  /** The service that asks as itself; undefined for calls of the gateway. */
  readonly service: string | undefined;
}

/** Batches the reads of one request. Nothing is remembered: several mutations may follow each other in one. */
export const createLoaders = ({ viewerId, service }: Asker, reader: MediaReader) => ({
  /** Files that something referred to; null where the asker may not see one. */
  files: new DataLoader<string, MediaFile | null>(
    (ids) => (service === undefined ? reader.visible(viewerId, ids) : reader.forService(ids)),
    { cache: false },
  ),
});

/** What {@link createLoaders} returns. */
export type Loaders = ReturnType<typeof createLoaders>;
