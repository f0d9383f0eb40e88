import { WebSocket } from 'ws';

/** What a process holds after everything that can go is gone. */
export interface HeapSample {
  /** Bytes of JavaScript objects. */
  readonly heapUsed: number;
  /** Bytes of buffers and other memory behind objects. */
  readonly external: number;
  /** Bytes of the whole process. */
  readonly rss: number;
}

/** Node's inspector of one process, spoken to from outside: nothing in the process has to help. */
export interface Inspector {
  /** Collects garbage, then looks. */
  sample(): Promise<HeapSample>;
  close(): void;
}

/** Finalizers and weak references of one collection are gone with the next. */
const COLLECTIONS = 2;

/** Connects to the address that Node writes when it is started with `--inspect`. */
export async function openInspector(address: string): Promise<Inspector> {
  const socket = new WebSocket(address, { perMessageDeflate: false });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let calls = 0;
  socket.on('message', (data) => {
    const { id, result, error } = JSON.parse(String(data)) as {
      id?: number;
      result?: unknown;
      error?: { message: string };
    };
    const waiter = id === undefined ? undefined : waiting.get(id);
    if (id !== undefined) waiting.delete(id);
    if (error) waiter?.reject(new Error(error.message));
    else waiter?.resolve(result);
  });
  socket.on('close', () => {
    for (const waiter of waiting.values()) waiter.reject(new Error('the inspected process ended'));
  });

  function call(method: string, params: object = {}): Promise<unknown> {
    calls += 1;
    const waiter = Promise.withResolvers<unknown>();
    waiting.set(calls, waiter);
    socket.send(JSON.stringify({ id: calls, method, params }));
    return waiter.promise;
  }

  return {
    async sample() {
      for (let collection = 0; collection < COLLECTIONS; collection += 1) await call('HeapProfiler.collectGarbage');
      const expression = 'process.memoryUsage()';
      const answer = await call('Runtime.evaluate', { expression, returnByValue: true });
      const { heapUsed, external, rss } = (answer as { result: { value: HeapSample } }).result.value;
      return { heapUsed, external, rss };
    },
    close: () => socket.close(),
  };
}
