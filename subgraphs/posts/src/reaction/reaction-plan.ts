import type { ReactionType } from './reaction.ts';

/** What somebody wants their reaction to be. */
export interface WantedReaction {
  readonly actorId: string;
  /** Undefined to withdraw. */
  readonly to: ReactionType | undefined;
  /** When they wanted it. */
  readonly at: Date;
  /** Of the request that wants it: a batch has several. */
  readonly traceparent?: string | undefined;
}

/** A reaction that came, changed or went. */
export interface ReactionStep extends WantedReaction {
  readonly from: ReactionType | undefined;
}

/** What a series of wishes comes to. */
export interface ReactionPlan {
  /** Each change in its order: as many events. */
  readonly steps: readonly ReactionStep[];
  /** The last wish of each person whose reaction is another one in the end: what is to be stored. */
  readonly outcomes: readonly WantedReaction[];
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
  const last = new Map<string, WantedReaction>();
  const steps = wishes.flatMap(({ actorId, at, to, traceparent }): ReactionStep[] => {
    const from = current.get(actorId);
    if (from === to) return [];
    current.set(actorId, to);
    count(from, -1);
    count(to, 1);
    last.set(actorId, { actorId, at, to });
    return [{ actorId, at, from, to, traceparent }];
  });
  const outcomes = [...last.values()].filter(({ actorId, to }) => to !== known.get(actorId));
  return { steps, outcomes, counts };
}
