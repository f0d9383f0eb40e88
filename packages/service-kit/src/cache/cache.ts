/** Turns values into text and back. */
export interface CacheCodec<V> {
  encode(value: V): string;
  decode(text: string): V;
}

/** A cache of values that are cheap to lose and expensive to make. Never the only place where something is kept. */
export interface Cache<V> {
  /** The cached value, else what `load` gives. Concurrent calls for one key share one load. Errors are not cached. */
  getOrLoad(key: string, load: () => Promise<V>): Promise<V>;
  /**
   * The same for many keys with one load for all that are missing. A key that `loadMissing` leaves out is not cached and
   * is absent from the result.
   */
  getOrLoadMany(
    keys: readonly string[],
    loadMissing: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>,
  ): Promise<ReadonlyMap<string, V>>;
  /**
   * Forgets values; call it after the change is committed. A load that began before can't store its old value any more.
   * Never rejects: while Redis is away it is remembered and done later, and the time to live bounds what others see.
   */
  invalidate(keys: readonly string[]): Promise<void>;
}
