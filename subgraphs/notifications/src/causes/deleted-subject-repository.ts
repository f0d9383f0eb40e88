import type { DeletedSubjectDocument } from '@postbook/db/notifications';
import type { Db } from 'mongodb';

/** How long it is remembered that something is gone, in milliseconds: longer than the outboxes keep events. */
const REMEMBERED_MS = 30 * 24 * 60 * 60_000;

/** Posts, comments and messages that are gone: collection `deleted_subjects`. */
export function createDeletedSubjectRepository(db: Db) {
  const subjects = db.collection<DeletedSubjectDocument>('deleted_subjects');
  return {
    /** Notes that it is gone. */
    async note(entity: string, at: Date): Promise<void> {
      await subjects.updateOne(
        { _id: entity },
        { $setOnInsert: { deletedAt: at, expiresAt: new Date(at.getTime() + REMEMBERED_MS) } },
        { upsert: true, comment: 'deletedSubjects.note' },
      );
    },

    /** Those of the entities that are gone. */
    async among(entities: readonly string[]): Promise<Set<string>> {
      if (entities.length === 0) return new Set();
      const rows = await subjects
        .find({ _id: { $in: [...entities] } }, { projection: { _id: 1 }, comment: 'deletedSubjects.among' })
        .toArray();
      return new Set(rows.map(({ _id }) => _id));
    },
  };
}

/** What {@link createDeletedSubjectRepository} returns. */
export type DeletedSubjectRepository = ReturnType<typeof createDeletedSubjectRepository>;
