import type { JobDefinition, MongoTransaction, Outbox } from '@postbook/service-kit';
import type { PairTransactor } from '../relationship/pair-transactor.ts';
import { isWaiting } from './friend-request.ts';
import { requestCancelled } from './friend-request-events.ts';
import type { FriendRequestRepository } from './friend-request-repository.ts';

/** How many requests are looked up at a time. */
const CHUNK = 100;

/** What the job works with. */
export interface ExpiryParts {
  readonly pairs: PairTransactor;
  readonly requests: FriendRequestRepository;
  readonly outbox: Outbox<MongoTransaction>;
  /** Called when an event may wait. */
  onEvent(): void;
}

/** Ends requests that nobody answered in time, until there are none or the signal says stop. @returns how many. */
export async function expireRequests(parts: ExpiryParts, signal: AbortSignal, now = new Date()): Promise<number> {
  const { outbox, pairs, requests } = parts;
  let count = 0;
  for (;;) {
    const expired = await requests.findExpired(now, CHUNK);
    for (const { id, receiverId, senderId } of expired) {
      if (signal.aborted) return count;
      await pairs.run(senderId, receiverId, async (tx) => {
        const [request] = await requests.findByIds([id], tx);
        // Answered in the last moment.
        if (request?.status !== 'Pending' || isWaiting(request, now)) return;
        await requests.answer(tx, id, 'Cancelled');
        await outbox.append(tx, [requestCancelled(request, tx.revision, true)]);
        tx.afterCommit(parts.onEvent);
      });
      count += 1;
    }
    if (expired.length < CHUNK) return count;
  }
}

/** The job that ends requests nobody answered, every minute. */
export const requestExpiryJob = (parts: ExpiryParts): JobDefinition => ({
  name: 'profiles-expire-friend-requests',
  schedule: { everyMs: 60_000 },
  run: async ({ signal, log }) => {
    const count = await expireRequests(parts, signal);
    if (count > 0) log.info({ count }, 'friend requests expired');
  },
});
