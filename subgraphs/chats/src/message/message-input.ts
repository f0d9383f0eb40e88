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
/** Most files of a message. */
export const MAX_FILES = 10;
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

/** What is wrong with a message's text; undefined when nothing is. Files need no words. */
export function checkContent({ content, mediaIds }: MessageContentInput): UserErrorValue | undefined {
  if (content.trim() === '' && !mediaIds?.length) return userError('REQUIRED', 'Write something.', 'content');
  if (lengthOf(content) > MAX_CONTENT_CHARACTERS) {
    return userError('TOO_LONG', `At most ${MAX_CONTENT_CHARACTERS} characters.`, 'content');
  }
  return hasNullCharacter(content)
    ? userError('INVALID_FORMAT', 'The text has a null character.', 'content')
    : undefined;
}

/** What a message says, as it came. */
export interface MessageContentInput {
  readonly content: string;
  readonly mediaIds?: readonly string[] | null | undefined;
  readonly clientMessageId?: string | null | undefined;
}

/** A message as it is stored once it is checked. @param traceparent of the request that sends it. */
export function toDraft(senderId: string, input: MessageContentInput, traceparent: string | undefined): Draft {
  const { clientMessageId } = input;
  const content = wellFormed(input.content);
  const mediaIds = (input.mediaIds ?? []).map((id) => id.toLowerCase());
  const draft = { senderId, content, mediaIds, traceparent };
  if (clientMessageId == null) return draft;
  // Without files as before there were any: a device may retry what it sent to the version before.
  const requestHash = requestFingerprint('sendMessage', content, ...(mediaIds.length > 0 ? [mediaIds] : []));
  return { ...draft, request: { clientMessageId, requestHash } };
}
