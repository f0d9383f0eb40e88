import { BadUserInputError } from '@postbook/service-kit';

const MIN_LENGTH = 2;
const MAX_LENGTH = 100;
/** Most words that are looked for; further ones are left out. */
const MAX_WORDS = 8;
/** After all text that begins with a prefix, by code points. */
const LAST_CHARACTER = '\u{10FFFF}';

/** What somebody looks for. */
export interface SearchText {
  /** What a username or name begins with, in lower case. */
  readonly prefix: string;
  /** The first text after all that begin with it. */
  readonly prefixEnd: string;
  /** Its words, in lower case; none when it has none. */
  readonly words: readonly string[];
}

/** The words of a text: runs of letters and digits, in lower case. */
export const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{M}\p{N}_]+/gu) ?? [];

/** @throws BadUserInputError when the text is too short or too long. */
export function searchTextOf(query: string): SearchText {
  const prefix = query.normalize('NFC').trim().toLowerCase().replaceAll(/\s+/g, ' ');
  const { length } = [...prefix];
  if (length < MIN_LENGTH || length > MAX_LENGTH) {
    const message = `"query" must have ${MIN_LENGTH} to ${MAX_LENGTH} characters.`;
    throw new BadUserInputError(message, { details: { argument: 'query' } });
  }
  return { prefix, prefixEnd: `${prefix}${LAST_CHARACTER}`, words: [...new Set(wordsOf(prefix))].slice(0, MAX_WORDS) };
}

/** Whether each of the words is one of the texts'. Engines differ in whether a text search wants all words or any. */
export function hasWords(words: readonly string[], ...texts: readonly (string | null)[]): boolean {
  const present = new Set(texts.flatMap((text) => wordsOf(text ?? '')));
  return words.every((word) => present.has(word));
}
