import type { ClientSession, Collection, Document, Filter, UpdateFilter } from 'mongodb';

/** Options of {@link applyIfNewer}. */
export interface ApplyIfNewerOptions {
  /** Names the one document, for example `{ _id: userId }`. Must be unique in the collection. */
  readonly key: Document;
  /** The field that holds the version, for example `profileVersion`: one per source when a document has several. */
  readonly versionField: string;
  /** The event's version. */
  readonly version: number;
  /** What to set. */
  readonly set: Document;
  readonly session?: ClientSession;
  /** The query's name in slow logs. */
  readonly comment?: string;
}

/**
 * Writes a read model's document unless it already holds the same or a newer version of its source: late and repeated
 * events change nothing. Removals are written too, as a marked document, so that an older event can't revive it.
 *
 * In two steps, as an upsert filtered by version would fail on the unique key when the stored version is newer, and a
 * failed write ends a transaction.
 *
 * @returns whether the document was written.
 */
export async function applyIfNewer<T extends Document>(
  collection: Collection<T>,
  options: ApplyIfNewerOptions,
): Promise<boolean> {
  const { key, versionField, version, session, comment } = options;
  const set = { ...options.set, [versionField]: version };
  const settings = { ...(session ? { session } : {}), ...(comment ? { comment } : {}) };
  const isOlder = { ...key, $or: [{ [versionField]: { $lt: version } }, { [versionField]: { $exists: false } }] };
  const updated = await collection.updateOne(
    isOlder as Filter<T>,
    { $set: set } as unknown as UpdateFilter<T>,
    settings,
  );
  if (updated.matchedCount > 0) return true;
  const inserted = await collection.updateOne(key as Filter<T>, { $setOnInsert: set } as unknown as UpdateFilter<T>, {
    ...settings,
    upsert: true,
  });
  return inserted.upsertedCount > 0;
}
