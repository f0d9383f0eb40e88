import {
  done,
  type MongoTransaction,
  type Outbox,
  type Outcome,
  refused,
  type Transactor,
  userError,
} from '@postbook/service-kit';
import type { MediaFile } from './media.ts';
import { mediaDeleted } from './media-events.ts';
import type { MediaRepository, TextChanges } from './media-repository.ts';
import { checkTexts, type TextsInput } from './text-input.ts';

/** Texts to change, as they came. */
export interface UpdateMediaInput extends TextsInput {
  readonly mediaId: string;
}

/** What {@link createMediaService} needs. */
export interface MediaServiceOptions {
  readonly transactor: Transactor<MongoTransaction>;
  readonly media: MediaRepository;
  readonly outbox: Outbox<MongoTransaction>;
  readonly now: () => Date;
  /** Called when an event may wait. */
  onEvent(): void;
  /** Called when a file was deleted and waits for the sweep. */
  onDeleted(file: MediaFile): void;
}

const noFile = () => refused(userError('NOT_FOUND', 'You have no file with this id.', 'mediaId'));

/** What the input asks to change: null empties, absent stays. */
function changesOf(
  input: UpdateMediaInput,
  { altText, description, tags }: ReturnType<typeof checkTexts>['value'],
): TextChanges {
  return {
    ...(input.altText === undefined ? {} : { altText: altText ?? null }),
    ...(input.description === undefined ? {} : { description: description ?? null }),
    ...(input.tags === undefined ? {} : { tags }),
  };
}

/** Changes and deletes files. */
export function createMediaService({ transactor, media, outbox, now, onEvent, onDeleted }: MediaServiceOptions) {
  return {
    /** Changes what is said about an own file. */
    async update(viewerId: string, input: UpdateMediaInput): Promise<Outcome<MediaFile>> {
      const { value, errors } = checkTexts(input);
      if (errors.length > 0) return refused(...errors);
      const file = await media.updateTexts(input.mediaId, viewerId, changesOf(input, value), now());
      return file ? done(file) : noFile();
    },

    /** Deletes an own file, wherever it is attached. Its blobs go with the next sweep, which begins at once. */
    async delete(viewerId: string, mediaId: string): Promise<Outcome<string>> {
      const deleted = await transactor.run(async (tx) => {
        const file = await media.markDeleted(tx, mediaId, viewerId, now());
        if (!file) return undefined;
        await outbox.append(tx, [mediaDeleted(file)]);
        tx.afterCommit(onEvent);
        tx.afterCommit(() => onDeleted(file));
        return file.id;
      });
      return deleted === undefined ? noFile() : done(deleted);
    },
  };
}

/** What {@link createMediaService} returns. */
export type MediaService = ReturnType<typeof createMediaService>;
