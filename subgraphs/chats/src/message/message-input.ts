import {
  hasNullCharacter,
  lengthOf,
  requestFingerprint,
  type UserErrorValue,
  userError,
  wellFormed,
} from '@postbook/service-kit';
import type { Draft } from './message.ts';

/** Longest text of a message, in characters (specification, 1075). */
export const MAX_CONTENT_CHARACTERS = 5_000;
/** Longest id that a device gives a message. */
export const MAX_CLIENT_ID_CHARACTERS = 64;

/** What is wrong with an id that a client gave a request; undefined when nothing is. */
export function checkClientId(id: string | null | undefined, field: string): UserErrorValue | undefined {
  if (id == null) return undefined;
  if (id === '') return userError('REQUIRED', `Leave ${field} out or give it a value.`, field);
  if (id.length > MAX_CLIENT_ID_CHARACTERS) {
    return userError('TOO_LONG', `At most ${MAX_CLIENT_ID_CHARACTERS} characters.`, field);
  }
  return undefined;
}

/** What is wrong with a message's text; undefined when nothing is. */
export function checkContent(content: string): UserErrorValue | undefined {
  if (content.trim() === '') return userError('REQUIRED', 'Write something.', 'content');
  if (lengthOf(content) > MAX_CONTENT_CHARACTERS) {
    return userError('TOO_LONG', `At most ${MAX_CONTENT_CHARACTERS} characters.`, 'content');
  }
  return hasNullCharacter(content)
    ? userError('INVALID_FORMAT', 'The text has a null character.', 'content')
    : undefined;
}

/** A checked message as it is stored. @param traceparent of the request that sends it. */
export function toDraft(
  senderId: string,
  content: string,
  clientMessageId: string | null | undefined,
  traceparent: string | undefined,
): Draft {
  const text = wellFormed(content);
  if (clientMessageId == null) return { senderId, content: text, traceparent };
  const requestHash = requestFingerprint('sendMessage', text);
  return { senderId, content: text, request: { clientMessageId, requestHash }, traceparent };
}
