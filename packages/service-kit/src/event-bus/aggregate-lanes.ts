/** Runs tasks so that those of one aggregate follow each other, and others run side by side. */
export interface AggregateLanes {
  /** Queues the task behind earlier ones of the same lane. The task must not reject. */
  run(aggregateId: string, task: () => Promise<void>): void;
  /** Resolves when every task queued so far has ended. */
  drained(): Promise<void>;
}

/** FNV-1a: spreads ids evenly and is cheap enough to compute for each event. */
const hash = (text: string): number => {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
};

/** `count` lanes; an aggregate always goes to the same one. */
export const createAggregateLanes = (count: number): AggregateLanes => {
  const tails: Promise<void>[] = Array.from({ length: Math.max(1, count) }, () => Promise.resolve());
  return {
    run(aggregateId, task) {
      const lane = hash(aggregateId) % tails.length;
      tails[lane] = (tails[lane] ?? Promise.resolve()).then(task);
    },
    drained: async () => {
      await Promise.all(tails);
    },
  };
};
