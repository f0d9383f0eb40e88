import type { MediaCategory, MediaKind, MediaStatus, MediaVariant } from '../generated/resolver-types.ts';
import type { Category, FileType, ProcessingStatus, VariantName } from './media.ts';

/** The graph's words for the stored ones, and back. */
export const KINDS: Readonly<Record<FileType, MediaKind>> = {
  Image: 'IMAGE',
  Video: 'VIDEO',
  Audio: 'AUDIO',
  Document: 'DOCUMENT',
};
export const STATUSES: Readonly<Record<ProcessingStatus, MediaStatus>> = {
  Pending: 'PENDING',
  Processing: 'PROCESSING',
  Completed: 'COMPLETED',
  Failed: 'FAILED',
};
export const CATEGORIES: Readonly<Record<Category, MediaCategory>> = {
  profile: 'PROFILE',
  post: 'POST',
  chat: 'CHAT',
  document: 'DOCUMENT',
  other: 'OTHER',
};
export const VARIANTS: Readonly<Record<MediaVariant, VariantName>> = {
  THUMBNAIL: 'thumbnail',
  SMALL: 'small',
  LARGE: 'large',
  ORIGINAL: 'original',
};

const inverse = <Stored extends string, Word extends string>(words: Readonly<Record<Stored, Word>>) =>
  new Map<Word, Stored>(Object.entries(words).map(([stored, word]) => [word as Word, stored as Stored]));

const KIND_OF = inverse(KINDS);
const CATEGORY_OF = inverse(CATEGORIES);

/** The stored words; undefined for null. */
export const kindOf = (word: MediaKind | null | undefined): FileType | undefined =>
  word ? KIND_OF.get(word) : undefined;
export const categoryOf = (word: MediaCategory | null | undefined): Category | undefined =>
  word ? CATEGORY_OF.get(word) : undefined;
