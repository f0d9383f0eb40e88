import type { MongoTransaction } from '@postbook/service-kit';
import type { CardRepository } from './card-repository.ts';
import type { CopyChange } from './people-events.ts';
import type { RelationRepository } from './relation-repository.ts';

/** A service's local copies. */
export interface PeopleCopies {
  readonly cards: CardRepository;
  readonly relations: RelationRepository;
}

/** Writes changes where nothing newer is known, in few statements. @returns how many were written. */
export async function writeCopies(
  { cards, relations }: PeopleCopies,
  tx: MongoTransaction,
  changes: readonly CopyChange[],
): Promise<number> {
  const ofKind = <Copy extends CopyChange['copy']>(copy: Copy) =>
    changes.filter((change): change is Extract<CopyChange, { copy: Copy }> => change.copy === copy);
  // One after the other, as they share a session.
  const writtenCards = await cards.apply(tx, ofKind('card'));
  const writtenEdges = await relations.apply(tx, ofKind('relation'));
  return writtenCards + writtenEdges + (await relations.applySettings(tx, ofKind('settings')));
}
