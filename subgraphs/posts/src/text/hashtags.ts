import { foldText } from './folded-text.ts';

/** Longest hashtag, in characters (specification, 1476). */
export const MAX_TAG_CHARACTERS = 50;
/** Most hashtags of one text; further ones are text like any other. */
export const MAX_TAGS = 30;

const TAG = /^[\p{L}\p{M}\p{N}_]+$/u;
// Not within a word or an address: "C#", "example.org/#top" and "&#39;" name no hashtag.
const TAG_IN_TEXT = /(?<![\p{L}\p{M}\p{N}_&/#])#([\p{L}\p{M}\p{N}_]+)/gu;

/** A hashtag as it is stored, or undefined for a text that is none. A leading number sign is left out. */
export function parseTag(text: string): string | undefined {
  const tag = foldText(text).replace(/^#/, '');
  return TAG.test(tag) && [...tag].length <= MAX_TAG_CHARACTERS ? tag : undefined;
}

/** The hashtags of a text as they are stored, each once, in their order. What is too long to be one is left out. */
export function hashtagsOf(content: string): string[] {
  // Full-width signs become plain ones before they are looked for.
  const found = [...content.normalize('NFKC').matchAll(TAG_IN_TEXT)];
  return [...new Set(found.flatMap(([, tag = '']) => parseTag(tag) ?? []))].slice(0, MAX_TAGS);
}
