import { done, type Outcome, refused, userError } from '@postbook/service-kit';
import { requestCancelled } from '../friend-request/friend-request-events.ts';
import type { FriendRequestRepository } from '../friend-request/friend-request-repository.ts';
import type { Person } from '../profile/person.ts';
import { forget, type ViewerScope } from '../profile/profile-loaders.ts';
import { mayFollow, type Relation, relationTo } from '../profile/profile-policy.ts';
import { PersonGoneError } from './ledger-entries.ts';
import type { PairTransaction, PairTransactor } from './pair-transactor.ts';
import { NO_RELATION, pairKeyOf } from './relation-facts.ts';
import { createLedger, type Ledger, type LedgerParts } from './relationship-ledger.ts';
import { isBlocker, isSelf, personNotFound } from './relationship-refusals.ts';

/** What {@link createRelationshipService} works with. */
export interface RelationshipServiceParts extends LedgerParts {
  readonly pairs: PairTransactor;
  readonly requests: FriendRequestRepository;
  /** Called when an event may wait. */
  onEvent(): void;
}

/** A change between the viewer and another person. Repeating one that is made is a success that changes nothing. */
export type RelationshipChange = (scope: ViewerScope, viewerId: string, otherId: string) => Promise<Outcome<Person>>;

/** Following, friendship's end, blocks. */
export interface RelationshipService {
  readonly follow: RelationshipChange;
  readonly unfollow: RelationshipChange;
  readonly removeFriend: RelationshipChange;
  readonly block: RelationshipChange;
  readonly unblock: RelationshipChange;
}

/** What a change does in its transaction; returns a refusal or nothing. */
type Work = (context: {
  readonly tx: PairTransaction;
  readonly ledger: Ledger;
  readonly relation: Relation;
}) => Promise<Outcome<never> | undefined>;

/** What a change asks of the other person: to be there and not hidden, or only to have been there. */
type Presence = 'visible' | 'known';

/** The service of relationships. */
export function createRelationshipService(parts: RelationshipServiceParts): RelationshipService {
  const { edges, pairs, requests } = parts;

  async function within(tx: PairTransaction, viewerId: string, otherId: string, work: Work) {
    const facts = (await edges.factsBetween(viewerId, [otherId], tx)).get(otherId) ?? NO_RELATION;
    const ledger = createLedger(parts, tx);
    const refusal = await work({ tx, ledger, relation: relationTo(viewerId, otherId, facts) });
    if (refusal) return refusal;
    await ledger.settle();
    tx.afterCommit(parts.onEvent);
    return undefined;
  }

  const change =
    (presence: Presence, workOf: (viewerId: string, otherId: string) => Work): RelationshipChange =>
    async (scope, viewerId, otherId) => {
      if (viewerId === otherId) return refused(isSelf());
      const [self, other] = await scope.people.loadMany([viewerId, otherId]);
      if (!isPerson(self) || !isPerson(other) || (presence === 'visible' && other.isHidden)) {
        return refused(personNotFound());
      }
      try {
        const refusal = await pairs.run(viewerId, otherId, (tx) =>
          within(tx, viewerId, otherId, workOf(viewerId, otherId)),
        );
        if (refusal) return refusal;
      } catch (error) {
        if (error instanceof PersonGoneError) return refused(personNotFound());
        throw error;
      }
      forget(scope, viewerId, otherId);
      return done(other);
    };

  /** Ends the request that waits between the two, as the answer of nobody. */
  async function cancelPending(tx: PairTransaction, ledger: Ledger, a: string, b: string) {
    const pending = await requests.pendingOfPair(tx, pairKeyOf(a, b));
    if (!pending) return;
    await requests.answer(tx, pending.id, 'Cancelled');
    ledger.tell(requestCancelled(pending, tx.revision, false));
  }

  return {
    follow: change('visible', (viewerId, otherId) => async ({ ledger, relation }) => {
      if (relation === 'blocked') return refused(personNotFound());
      if (relation === 'blocker') return refused(isBlocker());
      if (!mayFollow(relation)) return refused(userError('NOT_ALLOWED', 'You may not follow this person.', 'userId'));
      await ledger.follow(viewerId, otherId);
      return undefined;
    }),

    unfollow: change('known', (viewerId, otherId) => async ({ ledger, relation }) => {
      if (relation === 'blocked') return refused(personNotFound());
      await ledger.unfollow(viewerId, otherId);
      return undefined;
    }),

    removeFriend: change('known', (viewerId, otherId) => async ({ ledger, relation }) => {
      if (relation === 'blocked') return refused(personNotFound());
      await ledger.unfriend(viewerId, otherId);
      return undefined;
    }),

    // Allowed even against somebody who blocked the viewer, who would else be defenceless once they are unblocked.
    block: change('known', (viewerId, otherId) => async ({ tx, ledger }) => {
      await cancelPending(tx, ledger, viewerId, otherId);
      await ledger.sever(viewerId, otherId);
      await ledger.block(viewerId, otherId);
      return undefined;
    }),

    unblock: change('known', (viewerId, otherId) => async ({ ledger }) => {
      await ledger.unblock(viewerId, otherId);
      return undefined;
    }),
  };
}

const isPerson = (loaded: Person | Error | null | undefined): loaded is Person =>
  loaded !== null && loaded !== undefined && !(loaded instanceof Error);
