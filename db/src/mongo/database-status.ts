import type { Db, Document } from 'mongodb';
import type { CollectionDefinition, DatabaseDefinition } from './collection-definition.ts';
import { canonicalJson, definedSignature, listedSignature } from './index-signature.ts';
import { type AppliedMigration, appliedMigrations } from './migration-record.ts';

/** How one collection differs from its definition. */
export interface CollectionStatus {
  readonly name: string;
  readonly exists: boolean;
  /** The stored validator is not the defined one, or it only warns. */
  readonly hasValidatorDrift: boolean;
  readonly missingIndexes: readonly string[];
  /** Indexes whose stored definition is another one under the same name. */
  readonly changedIndexes: readonly string[];
  /** Indexes nobody defined: an operator's, or left over. They are never dropped by a migration. */
  readonly extraIndexes: readonly string[];
}

/** How a database differs from its definition. */
export interface DatabaseStatus {
  readonly database: string;
  readonly collections: readonly CollectionStatus[];
  readonly appliedMigrations: readonly AppliedMigration[];
  /** Data migrations that have not run, in the order in which they will. */
  readonly pendingMigrations: readonly string[];
  /** Nothing is missing, changed or pending. Extra indexes don't count. */
  readonly isUpToDate: boolean;
}

const NAMESPACE_NOT_FOUND = 26;

async function indexesOf(db: Db, collection: string) {
  try {
    return await db.collection(collection).listIndexes({ comment: 'migrations.indexes' }).toArray();
  } catch (error) {
    if ((error as { code?: number }).code === NAMESPACE_NOT_FOUND) return [];
    throw error;
  }
}

function hasDrift(definition: CollectionDefinition, options: Document): boolean {
  const isStrict =
    (options.validationLevel ?? 'strict') === 'strict' && (options.validationAction ?? 'error') === 'error';
  return !isStrict || canonicalJson(options.validator ?? {}) !== canonicalJson(definition.validator);
}

async function collectionStatus(
  db: Db,
  definition: CollectionDefinition,
  stored: Document | undefined,
): Promise<CollectionStatus> {
  const listed = new Map(stored ? (await indexesOf(db, definition.name)).map((index) => [index.name, index]) : []);
  const defined = new Set(definition.indexes.map(({ name }) => name));
  return {
    name: definition.name,
    exists: stored !== undefined,
    hasValidatorDrift: stored !== undefined && hasDrift(definition, (stored.options ?? {}) as Document),
    missingIndexes: [...defined].filter((name) => !listed.has(name)),
    changedIndexes: definition.indexes
      .filter((index) => {
        const found = listed.get(index.name);
        return found !== undefined && listedSignature(found) !== definedSignature(index);
      })
      .map(({ name }) => name),
    extraIndexes: [...listed.keys()].filter((name) => name !== '_id_' && !defined.has(name ?? '')).map(String),
  };
}

const isAsDefined = (collection: CollectionStatus): boolean =>
  collection.exists &&
  !collection.hasValidatorDrift &&
  collection.missingIndexes.length === 0 &&
  collection.changedIndexes.length === 0;

/** Compares what the server has with the definition. Reads only. */
export async function statusOf(db: Db, definition: DatabaseDefinition<Db>): Promise<DatabaseStatus> {
  const stored = new Map(
    (await db.listCollections({}, { comment: 'migrations.collections' }).toArray()).map((found) => [found.name, found]),
  );
  const collections = await Promise.all(
    definition.collections.map((collection) => collectionStatus(db, collection, stored.get(collection.name))),
  );
  const applied = await appliedMigrations(db);
  const appliedIds = new Set(applied.map(({ id }) => id));
  const pending = definition.migrations
    .map(({ id }) => id)
    .filter((id) => !appliedIds.has(id))
    .sort();
  return {
    database: db.databaseName,
    collections,
    appliedMigrations: applied,
    pendingMigrations: pending,
    isUpToDate: pending.length === 0 && collections.every(isAsDefined),
  };
}
