import { isPrintable, lengthOf, tidyText, type UserErrorValue, userError } from '@postbook/service-kit';

/** Longest texts, in characters. */
export const MAX_ALT_TEXT = 1_000;
export const MAX_DESCRIPTION = 500;
export const MAX_TAG = 50;
/** Most tags of a file. */
export const MAX_TAGS = 20;

/** Texts about a file, as they came. */
export interface TextsInput {
  readonly altText?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly tags?: readonly string[] | null | undefined;
}

/** Texts about a file, checked: undefined for what is empty. */
export interface MediaTexts {
  readonly altText: string | undefined;
  readonly description: string | undefined;
  /** In lower case, each once. */
  readonly tags: readonly string[];
}

function checkText(text: string, field: string, maximum: number, mayHaveLines: boolean, ...at: number[]) {
  if (lengthOf(text) > maximum) return userError('TOO_LONG', `At most ${maximum} characters.`, field, ...at);
  return isPrintable(text, mayHaveLines)
    ? undefined
    : userError('INVALID_FORMAT', 'The text has characters that can’t be seen.', field, ...at);
}

function checkTags(tags: readonly string[]): UserErrorValue[] {
  if (tags.length > MAX_TAGS) return [userError('TOO_LONG', `At most ${MAX_TAGS} tags.`, 'tags')];
  return tags.flatMap((tag, index) => {
    if (tag === '') return userError('REQUIRED', 'A tag can’t be empty.', 'tags', index);
    return checkText(tag, 'tags', MAX_TAG, false, index) ?? [];
  });
}

/** Checks texts about a file. */
export function checkTexts(input: TextsInput): { value: MediaTexts; errors: UserErrorValue[] } {
  const altText = tidyText(input.altText);
  const description = tidyText(input.description);
  const tags = (input.tags ?? []).map((tag) => tidyText(tag).toLowerCase());
  const errors = [
    checkText(altText, 'altText', MAX_ALT_TEXT, true),
    checkText(description, 'description', MAX_DESCRIPTION, true),
    ...checkTags(tags),
  ].filter((mistake) => mistake !== undefined);
  const value = {
    altText: altText === '' ? undefined : altText,
    description: description === '' ? undefined : description,
    tags: [...new Set(tags)],
  };
  return { value, errors };
}
