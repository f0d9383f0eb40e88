import { requestFingerprint, type UserErrorValue, userError, wellFormed } from '@postbook/service-kit';
import { z } from 'zod';
import { checkPoll, type PollInput } from '../poll/poll-input.ts';
import { checkClientId, checkText, mistakesOf } from '../text/text-input.ts';
import type { Visibility } from './post.ts';

/** Longest text of a post, in characters (specification, 1289). */
export const MAX_CONTENT_CHARACTERS = 5_000;
/** Most people who can be named as the audience of a post. */
export const MAX_AUDIENCE = 256;

const uuid = z.uuid();

/** Who may see a post, as it came. */
export interface AudienceInput {
  readonly visibility: Visibility;
  readonly audienceIds?: readonly string[] | null | undefined;
}

/** A new post, as it came. */
export interface CreatePostInput extends AudienceInput {
  readonly content?: string | null | undefined;
  readonly mediaIds?: readonly string[] | null | undefined;
  readonly poll?: PollInput | null | undefined;
  readonly clientMutationId?: string | null | undefined;
}

/** An edit, as it came; absent fields stay. */
export interface UpdatePostInput {
  readonly postId: string;
  readonly content?: string | null | undefined;
  readonly visibility?: Visibility | null | undefined;
  readonly audienceIds?: readonly string[] | null | undefined;
}

/** People named as the audience, each once, without the author. */
export const audienceOf = (authorId: string, ids: readonly string[] | null | undefined): string[] =>
  [...new Set((ids ?? []).map((id) => id.toLowerCase()))].filter((id) => id !== authorId).sort();

/** What is wrong with an audience. */
export function checkAudience(authorId: string, { visibility, audienceIds }: AudienceInput): UserErrorValue[] {
  if (visibility !== 'Custom') {
    return audienceIds != null && audienceIds.length > 0
      ? [userError('NOT_ALLOWED', 'Only a post of visibility CUSTOM has an audience.', 'audienceIds')]
      : [];
  }
  const ids = audienceIds ?? [];
  if (ids.length > MAX_AUDIENCE) {
    return [userError('TOO_LONG', `At most ${MAX_AUDIENCE} people can be named.`, 'audienceIds')];
  }
  const strangers = ids.flatMap((id, index) =>
    uuid.safeParse(id).success ? [] : [userError('NOT_FOUND', 'There is no such person.', 'audienceIds', index)],
  );
  if (strangers.length > 0) return strangers;
  return audienceOf(authorId, ids).length === 0
    ? [userError('REQUIRED', 'Name at least one other person who may see it.', 'audienceIds')]
    : [];
}

/** What is wrong with a new post, its files aside. */
export function checkNewPost(authorId: string, input: CreatePostInput, now: Date): UserErrorValue[] {
  const { content, mediaIds, poll } = input;
  const hasFiles = mediaIds != null && mediaIds.length > 0;
  const isEmpty = (content ?? '').trim() === '' && !hasFiles && poll == null;
  return [
    ...mistakesOf(
      isEmpty ? userError('REQUIRED', 'Write something, attach a picture or ask a question.', 'content') : undefined,
      poll != null && hasFiles ? userError('NOT_ALLOWED', 'A poll has no files.', 'mediaIds') : undefined,
      checkText(content ?? '', MAX_CONTENT_CHARACTERS, 'content'),
      checkClientId(input.clientMutationId),
    ),
    ...(poll == null ? [] : checkPoll(poll, now)),
    ...checkAudience(authorId, input),
  ];
}

/** The fingerprint of the request for a new post. */
export const fingerprintOf = (authorId: string, input: CreatePostInput): string =>
  requestFingerprint(
    'createPost',
    wellFormed(input.content ?? ''),
    input.mediaIds ?? [],
    input.poll ?? null,
    input.visibility,
    audienceOf(authorId, input.audienceIds),
  );
