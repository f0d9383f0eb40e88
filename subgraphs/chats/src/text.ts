/** How many characters a text has, as people count them but for joined emoji: code points. */
export const characterCount = (text: string): number => [...text].length;

/** A text that every store takes: lone surrogates replaced. */
export const wellFormed = (text: string): string => text.toWellFormed();

/** Whether a text has a character that no text of a person has. */
export const hasNullCharacter = (text: string): boolean => text.includes('\0');
