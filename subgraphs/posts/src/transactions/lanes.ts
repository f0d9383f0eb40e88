/** Too much work waits for one key. */
export class LaneFullError extends Error {
  override readonly name = 'LaneFullError';
}

/** Does work for different keys side by side, and for one key one after the other, in the order in which it came. */
export interface Lanes {
  /** @throws what `work` threw, or LaneFullError. */
  run<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
}

interface Lane {
  last: Promise<unknown>;
  length: number;
}

/** Makes lanes. @param maxWaiting how much may wait or be under way for one key. */
export function createLanes(maxWaiting: number): Lanes {
  const lanes = new Map<string, Lane>();
  return {
    async run(key, work) {
      const lane = lanes.get(key) ?? { last: Promise.resolve(), length: 0 };
      if (lane.length >= maxWaiting) throw new LaneFullError(`${maxWaiting} wait`);
      lanes.set(key, lane);
      lane.length += 1;
      const result = lane.last.then(work);
      lane.last = result.catch(() => undefined);
      try {
        return await result;
      } finally {
        lane.length -= 1;
        if (lane.length === 0) lanes.delete(key);
      }
    },
  };
}
