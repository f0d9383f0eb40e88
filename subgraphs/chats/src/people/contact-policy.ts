import type { PartialCard, Relation } from './person.ts';

/** Whether an account is hidden everywhere: as far as anybody may know, there is no such person. */
export const isHidden = (status: PartialCard['status']): boolean => status === 'Inactive' || status === 'Deleted';

/** Whether an account takes messages at all. One whose status was never told is taken for active. */
export const isReachable = (status: PartialCard['status']): boolean => status === undefined || status === 'Active';

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
