import { hasNullCharacter, lengthOf, type UserErrorValue, userError } from '@postbook/service-kit';

/** Longest id that a client gives a request. */
const MAX_CLIENT_ID_CHARACTERS = 64;

/** What is wrong with the id that a client gave a request; undefined when nothing is. */
export function checkClientId(id: string | null | undefined): UserErrorValue | undefined {
  if (id == null) return undefined;
  if (id === '') return userError('REQUIRED', 'Leave clientMutationId out or give it a value.', 'clientMutationId');
  return lengthOf(id) > MAX_CLIENT_ID_CHARACTERS
    ? userError('TOO_LONG', `At most ${MAX_CLIENT_ID_CHARACTERS} characters.`, 'clientMutationId')
    : undefined;
}

/** What is wrong with a text that somebody wrote; undefined when nothing is. @param field its place in the input. */
export function checkText(text: string, maximum: number, ...field: (string | number)[]): UserErrorValue | undefined {
  if (lengthOf(text) > maximum) return userError('TOO_LONG', `At most ${maximum} characters.`, ...field);
  return hasNullCharacter(text) ? userError('INVALID_FORMAT', 'The text has a null character.', ...field) : undefined;
}

/** The same for a text that must not be empty. */
export const checkRequiredText = (text: string, maximum: number, ...field: (string | number)[]) =>
  text.trim() === '' ? userError('REQUIRED', 'Write something.', ...field) : checkText(text, maximum, ...field);

/** What is wrong, of several findings. */
export const mistakesOf = (...findings: readonly (UserErrorValue | undefined)[]): UserErrorValue[] =>
  findings.filter((finding) => finding !== undefined);
