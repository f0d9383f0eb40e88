import { type Db, type IndexDescription, MongoServerError } from 'mongodb';
import type { CollectionDefinition, DatabaseDefinition } from './collection-definition.ts';
import { type CollectionStatus, statusOf } from './database-status.ts';
import { type MigrationLockOptions, withMigrationLock } from './migration-lock.ts';
import { recordMigration } from './migration-record.ts';

/** Options of {@link migrateMongoDatabase}. */
export interface MigrateOptions extends MigrationLockOptions {
  /** Told each change after it was made, as a sentence. Default: nobody. */
  onChange?(change: string): void;
}

const NAMESPACE_EXISTS = 48;
const STRICT = { validationLevel: 'strict', validationAction: 'error' } as const;

async function createCollection(db: Db, { name, validator }: CollectionDefinition): Promise<void> {
  try {
    await db.createCollection(name, { validator, ...STRICT });
  } catch (error) {
    // A write made by an older process created it meanwhile; the validator follows with the next step.
    if (!(error instanceof MongoServerError && error.code === NAMESPACE_EXISTS)) throw error;
  }
}

async function applyIndexes(db: Db, definition: CollectionDefinition, status: CollectionStatus): Promise<string[]> {
  const collection = db.collection(definition.name);
  // Dropped first, as two indexes of one name can't be. For the moment in between a unique rule does not hold.
  for (const name of status.changedIndexes) await collection.dropIndex(name, { comment: 'migrations.dropIndex' });
  const names = new Set([...status.missingIndexes, ...status.changedIndexes]);
  const wanted = definition.indexes.filter(({ name }) => names.has(name));
  if (wanted.length > 0) {
    await collection.createIndexes(
      wanted.map(({ name, key, options }): IndexDescription => ({ ...options, name, key: { ...key } })),
      { comment: 'migrations.createIndexes' },
    );
  }
  return wanted.map(({ name }) => `made index ${definition.name}.${name}`);
}

async function createMissing(db: Db, definition: DatabaseDefinition<Db>): Promise<string[]> {
  const status = await statusOf(db, definition);
  const missing = definition.collections.filter(
    ({ name }) => !status.collections.find((collection) => collection.name === name)?.exists,
  );
  for (const collection of missing) await createCollection(db, collection);
  return missing.map(({ name }) => `made collection ${name}`);
}

async function applyShape(db: Db, definition: DatabaseDefinition<Db>, assertHeld: () => void): Promise<string[]> {
  const changes: string[] = [];
  const status = await statusOf(db, definition);
  for (const collection of definition.collections) {
    const found = status.collections.find(({ name }) => name === collection.name);
    if (!found) continue;
    assertHeld();
    if (found.hasValidatorDrift) {
      await db.command({ collMod: collection.name, validator: collection.validator, ...STRICT });
      changes.push(`changed the validator of ${collection.name}`);
    }
    changes.push(...(await applyIndexes(db, collection, found)));
  }
  return changes;
}

async function runMigrations(db: Db, definition: DatabaseDefinition<Db>, assertHeld: () => void): Promise<string[]> {
  const { pendingMigrations } = await statusOf(db, definition);
  for (const id of pendingMigrations) {
    assertHeld();
    await definition.migrations.find((migration) => migration.id === id)?.run(db);
    await recordMigration(db, id);
  }
  return pendingMigrations.map((id) => `ran migration ${id}`);
}

/**
 * Brings a database to its definition: missing collections, then data migrations that have not run (in the order of
 * ids), then validators and indexes, which may rest on what the migrations filled in. Does nothing on a database that is
 * as defined; may be called by every process at its start, as one works while the others wait.
 *
 * A migration that fails is run again next time, so each must bear to be repeated.
 *
 * @returns what was changed, one sentence each; empty when nothing was.
 */
export async function migrateMongoDatabase(
  db: Db,
  definition: DatabaseDefinition<Db>,
  options: MigrateOptions = {},
): Promise<string[]> {
  if ((await statusOf(db, definition)).isUpToDate) return [];
  return withMigrationLock(db, options, async (assertHeld) => {
    const changes: string[] = [];
    for (const step of [createMissing, runMigrations, applyShape]) {
      assertHeld();
      const made = await step(db, definition, assertHeld);
      for (const change of made) options.onChange?.(change);
      changes.push(...made);
    }
    return changes;
  });
}
