import type { FriendRequestStatus } from '@postbook/db/profiles';

/** After how many milliseconds a request ends if nobody answers: 30 days (specification, 934). */
export const REQUEST_LIFETIME_MS = 30 * 24 * 60 * 60_000;
/** For how many milliseconds after a refusal the sender can't ask again: 7 days (decisions, Profiles 3). */
export const REQUEST_COOL_DOWN_MS = 7 * 24 * 60 * 60_000;
/** How many milliseconds after its end a request is removed from the store. Longer than the cool-down. */
export const REQUEST_RETENTION_MS = 60 * 24 * 60 * 60_000;

/** A wish to be friends. */
export interface FriendRequest {
  readonly id: string;
  readonly pairKey: string;
  readonly senderId: string;
  readonly receiverId: string;
  readonly message: string | null;
  readonly status: FriendRequestStatus;
  readonly sentAt: Date;
  readonly respondedAt: Date | null;
  readonly expiresAt: Date | null;
}

/** Whether a request still waits: pending, and its time is not over though the job may not have ended it yet. */
export const isWaiting = (request: FriendRequest, now: Date): boolean =>
  request.status === 'Pending' && (request.expiresAt === null || request.expiresAt > now);
