import type { ReconciliationDocument } from '@postbook/db/people';
import type { Db } from 'mongodb';

/** How far one feed was compared. */
export interface ComparedFeed {
  /** Changes before this moment have been compared. */
  readonly until: Date;
  /** When everything was compared last, and not only what changed. */
  readonly allAt: Date;
}

/** How far the copies were compared with their owners. */
export function createReconciliationRepository(db: Db) {
  const states = db.collection<ReconciliationDocument>('reconciliation');
  return {
    /** Undefined before the first comparison. */
    async read(feed: string): Promise<ComparedFeed | undefined> {
      const state = await states.findOne({ _id: feed }, { comment: 'reconciliation.read' });
      return state ? { until: state.comparedUntil, allAt: state.comparedAllAt } : undefined;
    },

    /** Notes that a feed was compared. */
    async note(feed: string, { until, allAt }: ComparedFeed): Promise<void> {
      await states.updateOne(
        { _id: feed },
        { $set: { comparedUntil: until, comparedAllAt: allAt } },
        { upsert: true, comment: 'reconciliation.note' },
      );
    },
  };
}

/** What {@link createReconciliationRepository} returns. */
export type ReconciliationRepository = ReturnType<typeof createReconciliationRepository>;
