import { done, type Outcome, refused, userError } from '@postbook/service-kit';
import type { Person } from '../profile/person.ts';
import { forget, type ViewerScope } from '../profile/profile-loaders.ts';
import { relationTo } from '../profile/profile-policy.ts';
import { PersonGoneError } from '../relationship/ledger-entries.ts';
import type { PairTransaction, PairTransactor } from '../relationship/pair-transactor.ts';
import { NO_RELATION, pairKeyOf } from '../relationship/relation-facts.ts';
import { createLedger, type Ledger, type LedgerParts } from '../relationship/relationship-ledger.ts';
import { isSelf, personNotFound } from '../relationship/relationship-refusals.ts';
import { type FriendRequest, isWaiting, REQUEST_COOL_DOWN_MS } from './friend-request.ts';
import { requestCancelled, requestDeclined, requestSent } from './friend-request-events.ts';
import { type Answer, mayAnswer, refusalToAnswer, refusalToAsk, takesNoRequests } from './friend-request-policy.ts';
import type { FriendRequestRepository } from './friend-request-repository.ts';
import { checkMessage } from './message-input.ts';

/** What {@link createFriendRequestService} works with. */
export interface FriendRequestServiceParts extends LedgerParts {
  readonly pairs: PairTransactor;
  readonly requests: FriendRequestRepository;
  /** Called when an event may wait. */
  onEvent(): void;
}

/** Asking to be friends, and answering. */
export interface FriendRequestService {
  /** Asks. A request that waits already is answered with itself; one that crosses the other's is an acceptance. */
  send(
    scope: ViewerScope,
    viewerId: string,
    input: { readonly userId: string; readonly message?: string | null | undefined },
  ): Promise<Outcome<FriendRequest>>;
  /** Answers, or takes back. Repeating an answer is a success that changes nothing. */
  answer(scope: ViewerScope, viewerId: string, requestId: string, answer: Answer): Promise<Outcome<FriendRequest>>;
}

const requestNotFound = () => refused(userError('NOT_FOUND', 'There is no such request.', 'requestId'));

/** The service of friend requests. */
export function createFriendRequestService(parts: FriendRequestServiceParts): FriendRequestService {
  const { edges, pairs, requests } = parts;

  async function settle(tx: PairTransaction, ledger: Ledger, request: FriendRequest): Promise<Outcome<FriendRequest>> {
    await ledger.settle();
    tx.afterCommit(parts.onEvent);
    return done(request);
  }

  /** Gives the answer to a request that waits, and does what follows from it. */
  async function give(tx: PairTransaction, request: FriendRequest, answer: Answer): Promise<Outcome<FriendRequest>> {
    const answered = await requests.answer(tx, request.id, answer);
    if (!answered) return requestNotFound();
    const ledger = createLedger(parts, tx);
    const { id: requestId, senderId, receiverId } = answered;
    if (answer === 'Accepted') await ledger.befriend({ requestId, senderId, receiverId });
    else if (answer === 'Rejected') ledger.tell(requestDeclined(answered, tx.revision));
    else ledger.tell(requestCancelled(answered, tx.revision, false));
    return settle(tx, ledger, answered);
  }

  async function ask(tx: PairTransaction, viewerId: string, other: Person, message: string | null) {
    const facts = (await edges.factsBetween(viewerId, [other.userId], tx)).get(other.userId) ?? NO_RELATION;
    const relation = relationTo(viewerId, other.userId, facts);
    const pending = await requests.pendingOfPair(tx, pairKeyOf(viewerId, other.userId));
    const now = new Date();
    if (pending && isWaiting(pending, now)) {
      return pending.senderId === viewerId ? done(pending) : give(tx, pending, 'Accepted');
    }
    const refusal = refusalToAsk(relation, other);
    if (refusal) return refused(refusal);
    const since = new Date(now.getTime() - REQUEST_COOL_DOWN_MS);
    if (await requests.wasRejectedSince(tx, viewerId, other.userId, since)) return refused(takesNoRequests());
    const ledger = createLedger(parts, tx);
    if (pending) {
      // Its time is over and the job hasn't come by yet; only one may be pending.
      await requests.answer(tx, pending.id, 'Cancelled');
      ledger.tell(requestCancelled(pending, tx.revision, true));
    }
    const request = await requests.create(tx, { senderId: viewerId, receiverId: other.userId, message });
    ledger.tell(requestSent(request, tx.revision));
    return settle(tx, ledger, request);
  }

  /** Someone erased while the transaction ran is answered as someone who never was. */
  const orGone = (work: Promise<Outcome<FriendRequest>>, gone: () => Outcome<never>) =>
    work.catch((error: unknown) => {
      if (error instanceof PersonGoneError) return gone();
      throw error;
    });

  return {
    async send(scope, viewerId, { userId, message }) {
      if (viewerId === userId) return refused(isSelf());
      const checked = checkMessage(message);
      if (checked.errors.length > 0) return refused(...checked.errors);
      const self = await scope.people.load(viewerId);
      const other = await scope.people.load(userId);
      if (!self || !other || other.isHidden) return refused(personNotFound());
      const outcome = await orGone(
        pairs.run(viewerId, userId, (tx) => ask(tx, viewerId, other, checked.value)),
        () => refused(personNotFound()),
      );
      forget(scope, viewerId, userId);
      return outcome;
    },

    async answer(scope, viewerId, requestId, answer) {
      const [found] = await requests.findByIds([requestId]);
      if (!found || !mayAnswer(viewerId, found, answer)) return requestNotFound();
      const outcome = await orGone(
        pairs.run(found.senderId, found.receiverId, async (tx) => {
          // Read again: what was read before the pair was claimed may be answered by now.
          const [request] = await requests.findByIds([requestId], tx);
          if (!request) return requestNotFound();
          const refusal = refusalToAnswer(request, answer, new Date());
          if (refusal) return refused(refusal);
          return request.status === answer ? done(request) : give(tx, request, answer);
        }),
        requestNotFound,
      );
      forget(scope, found.senderId, found.receiverId);
      return outcome;
    },
  };
}
