/** Options of {@link createBatchQueue}. */
export interface BatchQueueOptions<In, Out> {
  /** Does the work of several at once; one result each, in order. Must not reject. */
  readonly work: (items: readonly In[]) => Promise<readonly Out[]>;
  /** Takes results, in the order in which their items were pushed. Must not throw. */
  readonly deliver: (results: readonly Out[]) => void;
  /** Items that may wait while earlier ones are being worked on. */
  readonly maxWaiting: number;
  /** Called instead of taking an item that is one too many; the queue has stopped then. */
  readonly onOverflow: () => void;
  /** Counts what waits. */
  readonly gauge?: { inc(by: number): void; dec(by: number): void } | undefined;
}

/** Items on their way to being results. */
export interface BatchQueue<In> {
  push(item: In): void;
  /** Calls back once, when everything pushed so far was delivered: at once when nothing is under way. */
  whenDrained(callback: () => void): void;
  /** How many wait or are worked on. */
  readonly length: number;
  /** Forgets everything; nothing is delivered any more. */
  stop(): void;
}

/**
 * Works on items one batch at a time: those of one turn of the event loop together, those that come during the work next,
 * together. So a burst costs few calls and results keep their order.
 */
export function createBatchQueue<In, Out>(options: BatchQueueOptions<In, Out>): BatchQueue<In> {
  const { work, deliver, maxWaiting, gauge } = options;
  let waiting: In[] = [];
  let underWay = 0;
  let isScheduled = false;
  let isStopped = false;
  let drained: (() => void)[] = [];

  function tellDrained(): void {
    if (underWay > 0 || waiting.length > 0 || isStopped) return;
    const callbacks = drained;
    drained = [];
    for (const callback of callbacks) callback();
  }

  async function run(): Promise<void> {
    while (waiting.length > 0 && !isStopped) {
      const batch = waiting;
      waiting = [];
      underWay = batch.length;
      gauge?.dec(underWay);
      const results = await work(batch);
      underWay = 0;
      if (!isStopped) deliver(results);
    }
    isScheduled = false;
    tellDrained();
  }

  function stop(): void {
    isStopped = true;
    gauge?.dec(waiting.length);
    waiting = [];
    drained = [];
  }

  return {
    get length() {
      return waiting.length + underWay;
    },
    push(item) {
      if (isStopped) return;
      if (waiting.length >= maxWaiting) {
        stop();
        options.onOverflow();
        return;
      }
      waiting.push(item);
      gauge?.inc(1);
      if (isScheduled) return;
      isScheduled = true;
      setImmediate(run);
    },
    whenDrained(callback) {
      if (isStopped) return;
      drained.push(callback);
      tellDrained();
    },
    stop,
  };
}
