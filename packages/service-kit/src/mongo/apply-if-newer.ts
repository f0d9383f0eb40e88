import type { AnyBulkWriteOperation, ClientSession, Collection, Document, Filter, UpdateFilter } from 'mongodb';

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

const olderThan = (key: Document, versionField: string, version: number): Document => ({
  ...key,
  $or: [{ [versionField]: { $lt: version } }, { [versionField]: { $exists: false } }],
});

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
  const updated = await collection.updateOne(
    olderThan(key, versionField, version) as Filter<T>,
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

/** A change of {@link applyAllIfNewer}: as in {@link applyIfNewer}, of the document with this id. */
export interface VersionedChange extends Pick<ApplyIfNewerOptions, 'versionField' | 'version' | 'set'> {
  readonly id: string;
}

/** Of changes to one part of one document only the newest counts; of equally new ones the first. */
function newestOf(changes: readonly VersionedChange[]): VersionedChange[] {
  const newest = new Map<string, VersionedChange>();
  for (const change of changes) {
    const part = `${change.versionField} ${change.id}`;
    const known = newest.get(part);
    if (!known || known.version < change.version) newest.set(part, change);
  }
  return [...newest.values()];
}

/**
 * What {@link applyIfNewer} does, for many documents in two statements: one look at which exist, one write.
 *
 * @returns how many parts of documents were written.
 */
export async function applyAllIfNewer<T extends Document>(
  collection: Collection<T>,
  options: Pick<ApplyIfNewerOptions, 'session' | 'comment'> & { readonly changes: readonly VersionedChange[] },
): Promise<number> {
  const { session, comment } = options;
  const settings = { ...(session ? { session } : {}), ...(comment ? { comment } : {}) };
  const changes = newestOf(options.changes);
  const oneByOne = async () => {
    let count = 0;
    for (const { id, ...change } of changes) {
      if (await applyIfNewer(collection, { ...change, key: { _id: id }, ...settings })) count += 1;
    }
    return count;
  };
  if (changes.length <= 1) return oneByOne();

  const ids = { _id: { $in: [...new Set(changes.map(({ id }) => id))] } } as unknown as Filter<T>;
  const stored = await collection.find(ids, { projection: { _id: 1 }, ...settings }).toArray();
  const existing = new Set(stored.map(({ _id }) => String(_id)));
  const updates: Document[] = [];
  const inserts = new Map<string, { set: Document; parts: number }>();
  for (const { id, versionField, version, set } of changes) {
    if (existing.has(id)) {
      const update = { $set: { ...set, [versionField]: version } };
      updates.push({ updateOne: { filter: olderThan({ _id: id }, versionField, version), update } });
    } else {
      const known = inserts.get(id);
      inserts.set(id, { set: { ...known?.set, ...set, [versionField]: version }, parts: (known?.parts ?? 0) + 1 });
    }
  }
  const upserts = [...inserts].map(([id, { set }]) => ({
    updateOne: { filter: { _id: id }, update: { $setOnInsert: set }, upsert: true },
  }));
  const operations = [...updates, ...upserts] as unknown as AnyBulkWriteOperation<T>[];
  const written = await collection.bulkWrite(operations, settings);
  // Somebody made one of the documents since the look: what they know may be older.
  if (written.upsertedCount < inserts.size) return written.modifiedCount + written.upsertedCount + (await oneByOne());
  let parts = 0;
  for (const insert of inserts.values()) parts += insert.parts;
  return written.matchedCount + parts;
}
