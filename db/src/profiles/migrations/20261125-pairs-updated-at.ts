import type { Db } from 'mongodb';
import type { DataMigration } from '../../mongo/collection-definition.ts';
import type { RelationshipPairDocument } from '../relationships.ts';

/** Pairs from before there was a feed of them get the moment of the migration: they are compared once more. */
export const pairsUpdatedAt: DataMigration<Db> = {
  id: '20261125-pairs-updated-at',
  async run(db) {
    await db
      .collection<RelationshipPairDocument>('relationship_pairs')
      .updateMany(
        { updatedAt: { $exists: false } },
        { $set: { updatedAt: new Date() } },
        { comment: 'migrations.pairsUpdatedAt' },
      );
  },
};
