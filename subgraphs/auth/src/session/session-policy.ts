import type { LoginCandidate } from './login-repository.ts';

/** How long a session lives without being used, in days. Each exchange begins this anew. */
export const SESSION_DAYS = 30;
/** How long a session lives at most, in days, however much it is used. */
export const SESSION_MAX_DAYS = 90;
/** How long a refresh token that was exchanged still gets its successor again, in seconds. */
export const REFRESH_GRACE_SECONDS = 10;

/** What is to become of a login attempt whose password has been checked. */
export type LoginDecision =
  | { readonly outcome: 'Accept'; readonly account: LoginCandidate }
  | {
      readonly outcome: 'Refuse';
      readonly status: 'Failed' | 'Locked' | 'Unverified';
      /** For the history; never for the client. */
      readonly reason: 'UnknownAccount' | 'WrongPassword' | 'AccountLocked' | 'AccountNotActive' | 'EmailNotVerified';
      /** Whether it brings the lock closer. */
      readonly counts: boolean;
    };

const refuse = (
  status: 'Failed' | 'Locked' | 'Unverified',
  reason: Extract<LoginDecision, { outcome: 'Refuse' }>['reason'],
  counts = false,
): LoginDecision => ({ outcome: 'Refuse', status, reason, counts });

/** Decides a login. A lock holds whatever the password: else the right one could be found while it lasts. */
export function decideLogin(candidate: LoginCandidate | undefined, isPasswordRight: boolean, now: Date): LoginDecision {
  if (!candidate) return refuse('Failed', 'UnknownAccount');
  if (candidate.lockedUntil && candidate.lockedUntil > now) return refuse('Locked', 'AccountLocked');
  if (!isPasswordRight) return refuse('Failed', 'WrongPassword', true);
  if (!candidate.isActive) return refuse('Failed', 'AccountNotActive');
  if (!candidate.isEmailVerified) return refuse('Unverified', 'EmailNotVerified');
  return { outcome: 'Accept', account: candidate };
}
