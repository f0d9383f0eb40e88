/**
 * Text as it is compared: compatible forms are one (NFKC) and case makes no difference. Folding twice changes nothing.
 *
 * Upper case first: it writes out what lower case leaves alone, such as "ß", so that "STRASSE" and "straße" meet.
 */
export const foldText = (text: string): string =>
  text.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC').toLowerCase();

/** The words of a text: runs of letters, marks, digits and underscore of all scripts, folded. */
export const wordsOf = (text: string): string[] => foldText(text).match(/[\p{L}\p{M}\p{N}_]+/gu) ?? [];
