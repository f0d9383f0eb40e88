import { type UserErrorValue, userError, wellFormed } from '@postbook/service-kit';
import type { Poll } from '../post/post.ts';
import { checkRequiredText, mistakesOf } from '../text/text-input.ts';

const MAX_QUESTION_CHARACTERS = 300;
const MAX_OPTION_CHARACTERS = 100;
const MIN_OPTIONS = 2;
const MAX_OPTIONS = 10;
/** A poll is open for a year at the most. */
const MAX_OPEN_MS = 366 * 24 * 60 * 60_000;

/** A poll, as it came. */
export interface PollInput {
  readonly question: string;
  readonly options: readonly string[];
  readonly allowMultipleAnswers?: boolean | null | undefined;
  readonly expiresAt?: Date | null | undefined;
}

function checkOptions(options: readonly string[]): UserErrorValue[] {
  if (options.length < MIN_OPTIONS) {
    return [userError('TOO_SHORT', `A poll has at least ${MIN_OPTIONS} options.`, 'poll', 'options')];
  }
  if (options.length > MAX_OPTIONS) {
    return [userError('TOO_LONG', `A poll has at most ${MAX_OPTIONS} options.`, 'poll', 'options')];
  }
  return options.flatMap((option, index) => {
    const mistake = checkRequiredText(option, MAX_OPTION_CHARACTERS, 'poll', 'options', index);
    if (mistake) return [mistake];
    const isRepeated = options.indexOf(option) < index;
    return isRepeated ? [userError('ALREADY_DONE', 'This option is there already.', 'poll', 'options', index)] : [];
  });
}

function checkExpiry(expiresAt: Date | null | undefined, now: Date): UserErrorValue | undefined {
  if (expiresAt == null) return undefined;
  const inMs = expiresAt.getTime() - now.getTime();
  if (inMs <= 0) return userError('INVALID_FORMAT', 'A poll can’t end in the past.', 'poll', 'expiresAt');
  return inMs > MAX_OPEN_MS
    ? userError('TOO_LONG', 'A poll can be open for a year at the most.', 'poll', 'expiresAt')
    : undefined;
}

/** What is wrong with a poll. */
export const checkPoll = (input: PollInput, now: Date): UserErrorValue[] => [
  ...mistakesOf(checkRequiredText(input.question, MAX_QUESTION_CHARACTERS, 'poll', 'question')),
  ...checkOptions(input.options.map((option) => wellFormed(option).trim())),
  ...mistakesOf(checkExpiry(input.expiresAt, now)),
];

/** A checked poll, without votes. */
export const toPoll = (input: PollInput): Poll => ({
  question: wellFormed(input.question).trim(),
  options: input.options.map((option, index) => ({
    id: String(index + 1),
    text: wellFormed(option).trim(),
    votes: 0,
  })),
  allowMultipleAnswers: input.allowMultipleAnswers ?? false,
  votersCount: 0,
  expiresAt: input.expiresAt ?? null,
});
