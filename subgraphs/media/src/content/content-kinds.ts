import type { FileType } from '@postbook/db/media';

/** A type of content that is taken, by its MIME type. */
export interface ContentKind {
  readonly kind: FileType;
  readonly mimeType: string;
  /** Ending of generated names. */
  readonly extension: string;
}

const MEGABYTE = 1024 * 1024;

/** Largest files, in bytes (specification, 1584-1588). */
export const MAX_BYTES: Readonly<Record<FileType, number>> = {
  Image: 10 * MEGABYTE,
  Video: 100 * MEGABYTE,
  Audio: 20 * MEGABYTE,
  Document: 20 * MEGABYTE,
};

/** The largest of all. */
export const MAX_BYTES_OF_ANY: number = Math.max(...Object.values(MAX_BYTES));

const TAKEN: readonly (readonly [FileType, string, string])[] = [
  ['Image', 'image/jpeg', 'jpg'],
  ['Image', 'image/png', 'png'],
  ['Image', 'image/gif', 'gif'],
  ['Image', 'image/webp', 'webp'],
  ['Image', 'image/avif', 'avif'],
  ['Video', 'video/mp4', 'mp4'],
  ['Video', 'video/quicktime', 'mov'],
  ['Video', 'video/webm', 'webm'],
  ['Audio', 'audio/mpeg', 'mp3'],
  ['Audio', 'audio/mp4', 'm4a'],
  ['Audio', 'audio/aac', 'aac'],
  ['Audio', 'audio/ogg', 'ogg'],
  ['Audio', 'audio/wav', 'wav'],
  ['Audio', 'audio/flac', 'flac'],
  ['Document', 'application/pdf', 'pdf'],
];

const KINDS = new Map(
  TAKEN.map(([kind, mimeType, extension]): [string, ContentKind] => [mimeType, { kind, mimeType, extension }]),
);

/** Other names of the same types, as browsers and detectors write them. */
const ALIASES: Readonly<Record<string, string>> = {
  'image/jpg': 'image/jpeg',
  'image/apng': 'image/png',
  'video/x-m4v': 'video/mp4',
  'audio/mp3': 'audio/mpeg',
  'audio/x-m4a': 'audio/mp4',
  'audio/opus': 'audio/ogg',
  'audio/vorbis': 'audio/ogg',
  'audio/x-wav': 'audio/wav',
  'audio/wave': 'audio/wav',
  'audio/x-flac': 'audio/flac',
};

/** What is taken under this MIME type; undefined for what isn't. Parameters such as codecs don't matter. */
export function contentKindOf(mimeType: string): ContentKind | undefined {
  const bare = mimeType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return KINDS.get(ALIASES[bare] ?? bare);
}
