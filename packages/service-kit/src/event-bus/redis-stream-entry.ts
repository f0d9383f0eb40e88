/** One entry of a stream as stored. */
export interface StreamEntry {
  readonly id: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** One delivered and unacknowledged entry. */
export interface PendingEntry {
  readonly id: string;
  readonly owner: string;
  readonly idleMs: number;
  readonly deliveries: number;
}

const asArray = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Reads `[[id, [field, value, …]], …]`; entries that were deleted meanwhile come as null and are left out. */
export const parseEntries = (reply: unknown): StreamEntry[] =>
  asArray(reply).flatMap((entry) => {
    const [id, flat] = asArray(entry);
    if (typeof id !== 'string' || !Array.isArray(flat)) return [];
    const fields: Record<string, string> = {};
    for (let index = 0; index + 1 < flat.length; index += 2) fields[String(flat[index])] = String(flat[index + 1]);
    return [{ id, fields }];
  });

/** Reads the reply of a read of one stream: null when nothing came in time. */
export const parseRead = (reply: unknown): StreamEntry[] => parseEntries(asArray(asArray(reply)[0])[1]);

/** Reads the extended reply of XPENDING. */
export const parsePending = (reply: unknown): PendingEntry[] =>
  asArray(reply).map((row) => {
    const [id, owner, idleMs, deliveries] = asArray(row);
    return { id: String(id), owner: String(owner), idleMs: Number(idleMs), deliveries: Number(deliveries) };
  });

/** Reads rows of `[name, value, …]`, as XINFO gives them. */
export const parseInfo = (reply: unknown): Readonly<Record<string, unknown>>[] =>
  asArray(reply).map((row) => {
    const flat = asArray(row);
    const info: Record<string, unknown> = {};
    for (let index = 0; index + 1 < flat.length; index += 2) info[String(flat[index])] = flat[index + 1];
    return info;
  });
