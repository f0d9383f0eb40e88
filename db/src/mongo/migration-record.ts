import type { Collection, Db } from 'mongodb';

/** A migration that has run. */
export interface AppliedMigration {
  readonly id: string;
  readonly appliedAt: Date;
}

/** A document of `_migrations`: one for each data migration that has run, and the lock. */
export interface MigrationDocument {
  _id: string;
  appliedAt?: Date;
  owner?: string | null;
  until?: Date;
}

/** The `_id` of the lock document; no migration has such an id, as theirs begin with a date. */
export const LOCK_ID = 'lock';

/** The collection in which a database remembers what was done to it. */
export const migrationsOf = (db: Db): Collection<MigrationDocument> => db.collection('_migrations');

/** The data migrations that have run, in the order of ids. */
export async function appliedMigrations(db: Db): Promise<AppliedMigration[]> {
  const rows = await migrationsOf(db)
    .find({ _id: { $ne: LOCK_ID } }, { sort: { _id: 1 }, comment: 'migrations.applied' })
    .toArray();
  return rows.flatMap(({ _id, appliedAt }) => (appliedAt ? [{ id: _id, appliedAt }] : []));
}

/** Notes that a migration has run. */
export async function recordMigration(db: Db, id: string): Promise<void> {
  await migrationsOf(db).updateOne(
    { _id: id },
    { $setOnInsert: { appliedAt: new Date() } },
    { upsert: true, comment: 'migrations.record' },
  );
}
