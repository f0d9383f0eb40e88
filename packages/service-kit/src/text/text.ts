// Control and direction-override characters: with them a name can pretend to be another, or break a line of text.
const UNPRINTABLE = /[\p{Cc}\u202A-\u202E\u2066-\u2069]/u;

/** Text as it is stored: composed characters, one kind of line end, nothing around it. Empty when there is nothing. */
export const tidyText = (text: string | null | undefined): string =>
  text?.toWellFormed().normalize('NFC').replaceAll(/\r\n?/g, '\n').trim() ?? '';

/** How many characters a text has, as people count them but for joined emoji: code points, not UTF-16 units. */
export const lengthOf = (text: string): number => [...text].length;

/** Whether the text has only what can be seen; line ends count as such where there may be several lines. */
export const isPrintable = (text: string, mayHaveLines: boolean): boolean =>
  !UNPRINTABLE.test(mayHaveLines ? text.replaceAll('\n', '') : text);

/** A text that every store takes: lone surrogates replaced. */
export const wellFormed = (text: string): string => text.toWellFormed();

/** Whether a text has a character that no text of a person has and that PostgreSQL can't store. */
export const hasNullCharacter = (text: string): boolean => text.includes('\0');
