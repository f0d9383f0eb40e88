import type { RelationRepository } from '@postbook/people';
import {
  type Connection,
  type ConnectionArguments,
  pageRequest,
  timeCursorCodec,
  toConnection,
} from '@postbook/service-kit';
import type { MediaUrls } from '../serving/media-urls.ts';
import { type MediaFile, UNREFERENCED_MS } from './media.ts';
import { isAttachable, isOwn, maySee } from './media-policy.ts';
import type { MediaFilter, MediaRepository } from './media-repository.ts';

const cursors = timeCursorCodec('media');

/** What a service is told of a file. */
export interface Attachment {
  readonly ownerId: string;
  readonly kind: MediaFile['kind'];
  readonly category: MediaFile['category'];
  readonly isReady: boolean;
  readonly publicUrl: string | null;
}

/** What {@link createMediaReader} needs. */
export interface MediaReaderOptions {
  readonly media: MediaRepository;
  readonly relations: RelationRepository;
  readonly urls: MediaUrls;
  readonly now: () => Date;
}

/** Reads files, as people and services may see them. */
export function createMediaReader({ media, relations, urls, now }: MediaReaderOptions) {
  async function inOrder(ids: readonly string[]): Promise<(MediaFile | undefined)[]> {
    const found = new Map((await media.byIds(ids)).map((file) => [file.id, file]));
    return ids.map((id) => found.get(id.toLowerCase()));
  }

  /** The owners with whom there is a block. */
  async function blockedOwners(viewerId: string | undefined, files: readonly (MediaFile | undefined)[]) {
    const owners = viewerId === undefined ? [] : [...new Set(files.flatMap((file) => file?.ownerId ?? []))];
    const others = owners.filter((owner) => owner !== viewerId);
    if (viewerId === undefined || others.length === 0) return new Set<string>();
    const blocked = await relations.areBlocked(others.map((owner) => [viewerId, owner]));
    return new Set(others.filter((_owner, index) => blocked[index]));
  }

  return {
    /** Files that something referred the viewer to, in the order of ids; null for those they may not see. */
    async visible(viewerId: string | undefined, ids: readonly string[]): Promise<(MediaFile | null)[]> {
      const files = await inOrder(ids);
      const blocked = await blockedOwners(viewerId, files);
      return files.map((file) =>
        file && maySee(file, { viewerId, isBlocked: blocked.has(file.ownerId) }) ? file : null,
      );
    },

    /**
     * Files that a service asks for before it attaches them, in the order of ids; null for those that don't exist.
     * Those that are ready stay for a day at least: time enough to attach them, even if the event of it is late.
     */
    async forService(ids: readonly string[]): Promise<(MediaFile | null)[]> {
      await media.keepUntil(ids, now(), new Date(now().getTime() + UNREFERENCED_MS));
      return (await inOrder(ids)).map((file) => file ?? null);
    },

    /** What a service is told of a file. */
    attachmentOf: (file: MediaFile): Attachment => ({
      ownerId: file.ownerId,
      kind: file.kind,
      category: file.category,
      isReady: isAttachable(file, now()),
      publicUrl: file.isPublic ? urls.urlOf(file, 'large') : null,
    }),

    /** The viewer's own file, in whatever state; null when they have none with this id. */
    async own(viewerId: string, id: string): Promise<MediaFile | null> {
      const [file] = await inOrder([id]);
      return file && !file.isDeleted && isOwn(file, viewerId) ? file : null;
    },

    /** The viewer's files, newest first. @throws BadUserInputError */
    async list(viewerId: string, filter: MediaFilter, args: ConnectionArguments): Promise<Connection<MediaFile>> {
      const request = pageRequest(args, cursors);
      const page = await media.page(viewerId, filter, request);
      return toConnection(
        page,
        request,
        cursors,
        ({ uploadedAt, id }) => ({ at: uploadedAt, id }),
        (row) => row,
      );
    },
  };
}

/** What {@link createMediaReader} returns. */
export type MediaReader = ReturnType<typeof createMediaReader>;
