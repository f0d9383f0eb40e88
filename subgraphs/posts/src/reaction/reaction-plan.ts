import type { ReactionType } from './reaction.ts';

/** What somebody wants their reaction to be. */
export interface WantedReaction {
  readonly actorId: string;
  /** Undefined to withdraw. */
  readonly to: ReactionType | undefined;
  /** Of the request that wants it: a batch has several. */
  readonly traceparent?: string | undefined;
}

/** A reaction that came, changed or went. */
export interface ReactionStep {
  readonly actorId: string;
  readonly from: ReactionType | undefined;
  readonly to: ReactionType | undefined;
  readonly traceparent: string | undefined;
}

/** What a series of wishes comes to. */
export interface ReactionPlan {
  /** Each change in its order: as many events. */
  readonly steps: readonly ReactionStep[];
  /** What is to be stored for each person whose reaction is another one in the end. */
  readonly outcomes: ReadonlyMap<string, ReactionType | undefined>;
  /** By how much the count of each kind changes. */
  readonly counts: ReadonlyMap<ReactionType, number>;
}

/** Goes through wishes in their order; of one person there may be several. @param known how they reacted before. */
export function planReactions(
  known: ReadonlyMap<string, ReactionType>,
  wishes: readonly WantedReaction[],
): ReactionPlan {
  const current = new Map<string, ReactionType | undefined>(known);
  const counts = new Map<ReactionType, number>();
  const count = (kind: ReactionType | undefined, by: number) => {
    if (kind !== undefined) counts.set(kind, (counts.get(kind) ?? 0) + by);
  };
  const steps = wishes.flatMap(({ actorId, to, traceparent }): ReactionStep[] => {
    const from = current.get(actorId);
    if (from === to) return [];
    current.set(actorId, to);
    count(from, -1);
    count(to, 1);
    return [{ actorId, from, to, traceparent }];
  });
  const outcomes = [...current].filter(([actorId, kind]) => kind !== known.get(actorId));
  return { steps, outcomes: new Map(outcomes), counts };
}
