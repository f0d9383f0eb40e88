import type { VariantName } from '@postbook/db/media';
import type { MediaFile } from '../media/media.ts';
import { isServable } from '../media/media-policy.ts';
import type { UrlSigner } from './url-signer.ts';

/**
 * Ends of URLs are rounded up to such windows, in milliseconds: everybody who asks within one gets the same URL, so that
 * browsers find the file in their cache. A URL is good for one to two windows.
 */
export const URL_WINDOW_MS = 15 * 60_000;
/** How long an upload may begin, in milliseconds. */
export const UPLOAD_URL_MS = 15 * 60_000;

/** The paths below the service's public URL. */
export const PATHS = { uploads: '/uploads/', files: '/files/', public: '/public/' } as const;

/** What the signatures of the two kinds of URLs are about. */
export const uploadClaim = (mediaId: string, sizeBytes: number | string, expires: number | string) =>
  ['PUT', mediaId, sizeBytes, expires] as const;
export const fileClaim = (mediaId: string, variant: string, expires: number | string) =>
  ['GET', mediaId, variant, expires] as const;

/** When a URL that is made now ends. */
export const windowEnd = (now: Date): Date => new Date((Math.floor(now.getTime() / URL_WINDOW_MS) + 2) * URL_WINDOW_MS);

/** Where files are fetched and brought. */
export interface MediaUrls {
  /**
   * Null when the file can't be served or isn't there in this size. What is no picture has an original only, which stands
   * in for the large one.
   */
  urlOf(file: MediaFile, variant: VariantName): string | null;
  /** Until when the URLs of a file are good; null for public ones, which stay. */
  expiryOf(file: MediaFile): Date | null;
  /** For an upload to this service. */
  uploadUrl(mediaId: string, sizeBytes: number, expiresAt: Date): string;
}

/** What {@link createMediaUrls} needs. */
export interface MediaUrlsOptions {
  /** What URLs begin with, without a slash at the end. */
  readonly base: () => string;
  readonly signer: UrlSigner;
  readonly now: () => Date;
}

/** Makes URLs. */
export function createMediaUrls({ base, signer, now }: MediaUrlsOptions): MediaUrls {
  /** The size that is there for the one that is asked for. */
  function presentVariant({ variants }: MediaFile, wanted: VariantName): VariantName | undefined {
    const has = (variant: VariantName) => variants.some(({ name }) => name === variant);
    if (has(wanted)) return wanted;
    return wanted === 'large' && has('original') ? 'original' : undefined;
  }

  return {
    urlOf(file, wanted) {
      const variant = presentVariant(file, wanted);
      if (!isServable(file) || !variant) return null;
      if (file.isPublic) return `${base()}${PATHS.public}${file.id}/${variant}`;
      const exp = windowEnd(now()).getTime();
      const sig = signer.sign(...fileClaim(file.id, variant, exp));
      return `${base()}${PATHS.files}${file.id}/${variant}?exp=${exp}&sig=${sig}`;
    },

    expiryOf: (file) => (file.isPublic || !isServable(file) ? null : windowEnd(now())),

    uploadUrl(mediaId, sizeBytes, expiresAt) {
      const exp = expiresAt.getTime();
      const sig = signer.sign(...uploadClaim(mediaId, sizeBytes, exp));
      return `${base()}${PATHS.uploads}${mediaId}?size=${sizeBytes}&exp=${exp}&sig=${sig}`;
    },
  };
}
