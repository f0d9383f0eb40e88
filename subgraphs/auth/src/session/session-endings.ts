import type { AuthTransaction, RevocationReason } from '@postbook/db/auth';
import { createEvent } from '@postbook/events';
import { currentRequestTrace, type PostgresTransaction } from '@postbook/service-kit';
import type { AccountRepository } from '../account/account-repository.ts';
import type { AuthOutbox } from '../database/auth-transactor.ts';
import type { Revocations } from '../revocation/redis-revocations.ts';
import type { SessionRepository, SessionSelection } from './session-repository.ts';

/** Ends sessions: the one way in which it is done, so that none ends without its event and its notice. */
export interface SessionEndings {
  /** Returns how many were active. */
  end(
    tx: PostgresTransaction<AuthTransaction>,
    userId: string,
    which: SessionSelection,
    reason: RevocationReason,
  ): Promise<number>;
}

/** Sessions named in one event; the catalogue allows no more. */
const MAX_IDS_PER_EVENT = 1_000;

/** Rows and event in the transaction; after the commit the notice that makes gateways drop the tokens at once. */
export function createSessionEndings(parts: {
  sessions: SessionRepository;
  accounts: AccountRepository;
  outbox: AuthOutbox;
  revocations: Revocations;
  onEvent(): void;
}): SessionEndings {
  return {
    async end(tx, userId, which, reason) {
      const ids = await parts.sessions.revoke(tx, userId, which, reason);
      for (let from = 0; from < ids.length; from += MAX_IDS_PER_EVENT) {
        const sessionIds = ids.slice(from, from + MAX_IDS_PER_EVENT);
        const event = createEvent({
          type: 'SessionRevoked',
          aggregateId: userId,
          version: await parts.accounts.nextVersion(tx, userId),
          payload: { userId, sessionIds, reason },
          traceparent: currentRequestTrace()?.traceparent,
        });
        await parts.outbox.append(tx, [event]);
      }
      if (ids.length > 0) {
        tx.afterCommit(() => parts.revocations.revokeSessions(ids, reason));
        tx.afterCommit(parts.onEvent);
      }
      return ids.length;
    },
  };
}
