import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Signs what a URL allows, so that the URL alone is the permission: to put so many bytes into one file, or to get one
 * variant of one file, until a moment. The purpose is part of what is signed: a URL to read is none to write.
 */
export interface UrlSigner {
  sign(...parts: readonly (string | number)[]): string;
  /** In constant time. */
  isSigned(signature: string | null, ...parts: readonly (string | number)[]): boolean;
}

/** @param secret `MEDIA_SIGNING_SECRET`. */
export function createUrlSigner(secret: string): UrlSigner {
  const sign = (...parts: readonly (string | number)[]) =>
    createHmac('sha256', secret)
      .update(JSON.stringify(parts.map(String)))
      .digest('base64url');
  return {
    sign,
    isSigned(signature, ...parts) {
      // As text: several texts decode to the same bytes, and one URL must not have several spellings.
      const given = Buffer.from(signature ?? '');
      const expected = Buffer.from(sign(...parts));
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}
