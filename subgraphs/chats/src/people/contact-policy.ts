import type { Relation } from './person.ts';

/**
 * Whether a person may write to the other, or bring them into a conversation. Whoever is refused is not told whether
 * the other blocked them or takes no messages.
 */
export function mayContact({ isFriend, isBlocked, allowMessages }: Relation): boolean {
  if (isBlocked) return false;
  switch (allowMessages) {
    case 'Everyone':
      return true;
    case 'Friends':
      return isFriend;
    case 'None':
      return false;
    default:
      return allowMessages satisfies never;
  }
}
