import type { EntityTag } from './entity-tags.ts';

/** Remembers which entities were invalidated, to tell whether what was asked for earlier is still good. */
export interface RecentInvalidations {
  /** To be noted before asking. */
  now(): number;
  add(tag: EntityTag): void;
  /** Whether nothing was heard about the entity since that moment. */
  isGoodSince(tag: EntityTag, moment: number): boolean;
}

/** Makes a memory for that many entities; what it must forget counts as invalidated. */
export function createRecentInvalidations(most = 10_000): RecentInvalidations {
  const last = new Map<EntityTag, number>();
  let clock = 0;
  let forgotten = 0;
  return {
    now: () => clock,
    add(tag) {
      clock += 1;
      // Deleted first, as a map keeps the order of insertion: the oldest is the one to forget.
      last.delete(tag);
      last.set(tag, clock);
      const [oldest] = last;
      if (last.size <= most || !oldest) return;
      last.delete(oldest[0]);
      forgotten = oldest[1];
    },
    isGoodSince: (tag, moment) => moment >= forgotten && (last.get(tag) ?? 0) <= moment,
  };
}
