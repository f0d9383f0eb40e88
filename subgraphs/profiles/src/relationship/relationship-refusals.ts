import { type UserErrorValue, userError } from '@postbook/service-kit';

/** The other person doesn't exist, is hidden, or blocked the viewer: never said which. */
export const personNotFound = (): UserErrorValue => userError('NOT_FOUND', 'There is no such person.', 'userId');

/** Nothing can be between a person and themselves. */
export const isSelf = (): UserErrorValue => userError('SELF', 'Choose somebody else than yourself.', 'userId');

/** A viewer who blocked somebody must lift the block first. */
export const isBlocker = (): UserErrorValue =>
  userError('NOT_ALLOWED', 'You blocked this person: unblock them first.', 'userId');
