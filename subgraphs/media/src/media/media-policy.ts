import type { Category, FileType, MediaFile } from './media.ts';

/** Who looks at a file. */
export interface Onlooker {
  /** Undefined for the anonymous. */
  readonly viewerId: string | undefined;
  /** A block in either direction between viewer and owner. */
  readonly isBlocked: boolean;
}

/**
 * Whether a file for this purpose may be of this kind. What is public are pictures alone, which are written anew: nobody
 * gets to publish films and documents at addresses of ours that stay.
 */
export const mayBe = (kind: FileType, category: Category): boolean => category !== 'profile' || kind === 'Image';

/** Whether the content is there to be served. */
export const isServable = ({ status, isDeleted }: MediaFile): boolean => status === 'Completed' && !isDeleted;

/**
 * Whether a file may be attached to something: it is servable and not about to be swept.
 */
export const isAttachable = (file: MediaFile, now: Date): boolean =>
  isServable(file) && (file.expiresAt === null || file.expiresAt > now);

/** Whether the file is the viewer's own. */
export const isOwn = (file: MediaFile, viewerId: string | undefined): boolean =>
  viewerId !== undefined && file.ownerId === viewerId;

/**
 * Whether a viewer may see a file that something referred them to: who refers to it has decided that they may see what
 * it hangs on. Its owner sees it in every state.
 */
export function maySee(file: MediaFile, { viewerId, isBlocked }: Onlooker): boolean {
  if (file.isDeleted) return false;
  if (isOwn(file, viewerId)) return true;
  return isServable(file) && !isBlocked;
}
