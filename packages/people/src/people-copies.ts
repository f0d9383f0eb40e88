import type { MongoTransaction } from '@postbook/service-kit';
import type { CardRepository } from './card-repository.ts';
import type { CopyChange } from './people-events.ts';
import type { RelationRepository } from './relation-repository.ts';

/** A service's local copies. */
export interface PeopleCopies {
  readonly cards: CardRepository;
  readonly relations: RelationRepository;
}

/** Writes one change unless something newer is known. @returns whether it was written. */
export function writeCopy(
  { cards, relations }: PeopleCopies,
  tx: MongoTransaction,
  write: CopyChange,
): Promise<boolean> {
  switch (write.copy) {
    case 'card':
      return cards.apply(tx, write.userId, write.version, write.change);
    case 'relation':
      return relations.apply(tx, write.version, write.change);
    case 'settings':
      return relations.applySettings(tx, write.userId, write.version, write.settings);
    default:
      return write satisfies never;
  }
}
