import { requestFingerprint, type UserErrorValue, wellFormed } from '@postbook/service-kit';
import { checkClientId, checkRequiredText, mistakesOf } from '../text/text-input.ts';

/** Longest text of a comment, in characters (specification, 1351). */
export const MAX_COMMENT_CHARACTERS = 2_000;

/** A new comment, as it came. */
export interface AddCommentInput {
  readonly postId: string;
  readonly content: string;
  readonly parentId?: string | null | undefined;
  readonly clientMutationId?: string | null | undefined;
}

/** What is wrong with a new comment. */
export const checkComment = (input: AddCommentInput): UserErrorValue[] =>
  mistakesOf(
    checkRequiredText(input.content, MAX_COMMENT_CHARACTERS, 'content'),
    checkClientId(input.clientMutationId),
  );

/** The fingerprint of the request for a new comment. */
export const fingerprintOf = (input: AddCommentInput): string =>
  requestFingerprint('addComment', input.postId.toLowerCase(), wellFormed(input.content), input.parentId ?? null);
