import { done, isPrintable, lengthOf, type Outcome, refused, tidyText, userError } from '@postbook/service-kit';

const MAX_MESSAGE = 200;

/** Checks what is written with a request: trimmed, null when blank. */
export function checkMessage(message: string | null | undefined): Outcome<string | null> {
  const text = tidyText(message);
  if (text === '') return done(null);
  if (lengthOf(text) > MAX_MESSAGE) {
    return refused(userError('TOO_LONG', `Use at most ${MAX_MESSAGE} characters.`, 'message'));
  }
  return isPrintable(text, true)
    ? done(text)
    : refused(userError('INVALID_FORMAT', 'Leave out control characters.', 'message'));
}
