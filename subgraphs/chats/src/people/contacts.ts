import { type CardRepository, type Directory, isHidden, isReachable, type RelationRepository } from '@postbook/people';
import { UnavailableError } from '@postbook/service-kit';
import { mayContact } from './contact-policy.ts';

/** Whether a person may write to another one. `Unknown`: there is no such person, as far as anybody may know. */
export type Contact = 'Allowed' | 'Refused' | 'Unknown';

/** What {@link createContacts} needs. */
export interface ContactsOptions {
  readonly directory: Directory;
  readonly cards: CardRepository;
  readonly relations: RelationRepository;
  /** By how many milliseconds the copy of relations is behind. */
  readonly lagMs: () => number;
  readonly maxLagMs: number;
}

/** Decides who may write to whom. */
export function createContacts({ directory, cards, relations, lagMs, maxLagMs }: ContactsOptions) {
  /**
   * Strangers can't write to each other while the copy is old: a block made meanwhile is not in it. Friends can: what
   * stands between them is rare, and would be felt by far more people.
   */
  function requireFreshRelations(): void {
    if (lagMs() <= maxLagMs) return;
    throw new UnavailableError('Whether they take messages from you can’t be checked right now. Retry after a moment.');
  }

  return {
    /** Whether the viewer may write to each of the others for the first time, or bring them into a group. */
    async toReach(viewerId: string, others: readonly string[]): Promise<Map<string, Contact>> {
      const [people, between] = await Promise.all([directory.cards(others), relations.between(viewerId, others)]);
      const answers = others.map((other): [string, Contact] => {
        const card = people.get(other);
        const relation = between.get(other);
        if (!card || !relation || isHidden(card.status)) return [other, 'Unknown'];
        if (card.username === undefined) throw new UnavailableError('People can’t be looked up right now. Retry.');
        if (!relation.isFriend) requireFreshRelations();
        return [other, isReachable(card.status) && mayContact(relation) ? 'Allowed' : 'Refused'];
      });
      return new Map(answers);
    },

    /** Whether the viewer may go on writing to the other one in their chat. */
    async mayWrite(viewerId: string, other: string): Promise<boolean> {
      const [[card], between] = await Promise.all([cards.byIds([other]), relations.between(viewerId, [other])]);
      const relation = between.get(other);
      if (!isReachable(card?.status) || !relation || !mayContact(relation)) return false;
      if (!relation.isFriend) requireFreshRelations();
      return true;
    },
  };
}

/** What {@link createContacts} returns. */
export type Contacts = ReturnType<typeof createContacts>;
