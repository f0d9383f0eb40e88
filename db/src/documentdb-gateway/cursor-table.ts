/** Where a cursor's next page begins. */
export interface Cursor {
  /** DocumentDB's own description of the rest of the result. */
  continuation: Buffer;
  /** The session whose transaction it belongs to. */
  readonly transaction: string | undefined;
  touchedAt: number;
}

/** The open cursors of one gateway process. They end with it: getMore then fails with 43, as in MongoDB. */
export class CursorTable {
  readonly #cursors = new Map<bigint, Cursor>();

  add(id: bigint, continuation: Buffer, transaction: string | undefined): void {
    this.#cursors.set(id, { continuation: Buffer.from(continuation), transaction, touchedAt: Date.now() });
  }

  get(id: bigint): Cursor | undefined {
    return this.#cursors.get(id);
  }

  /** Notes that a page was read; without a continuation it was the last one. */
  advance(id: bigint, continuation: Buffer | null | undefined): void {
    const cursor = this.#cursors.get(id);
    if (!cursor) return;
    if (!continuation) this.#cursors.delete(id);
    else {
      cursor.continuation = Buffer.from(continuation);
      cursor.touchedAt = Date.now();
    }
  }

  delete(id: bigint): boolean {
    return this.#cursors.delete(id);
  }

  /** A transaction's cursors see its snapshot and cannot outlive it. */
  deleteOfTransaction(transaction: string): void {
    for (const [id, cursor] of this.#cursors) if (cursor.transaction === transaction) this.#cursors.delete(id);
  }

  /** Removes cursors nobody read from for `idleMs` and returns their ids. */
  removeIdle(idleMs: number): bigint[] {
    const oldest = Date.now() - idleMs;
    const ids = [...this.#cursors].filter(([, cursor]) => cursor.touchedAt < oldest).map(([id]) => id);
    for (const id of ids) this.#cursors.delete(id);
    return ids;
  }
}
