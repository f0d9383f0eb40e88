import { isAllowed, type Relation } from '@postbook/people';

/**
 * Whether a person may write to the other, or bring them into a conversation. Whoever is refused is not told whether
 * the other blocked them or takes no messages.
 */
export const mayContact = ({ isFriend, isBlocked, settings }: Relation): boolean =>
  !isBlocked && isAllowed(settings.allowMessages, isFriend);
