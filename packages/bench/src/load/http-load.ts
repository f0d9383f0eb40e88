import { Pool } from 'undici';

/** What is sent, over how many connections, for how long. */
export interface HttpLoad {
  /** Where GraphQL answers. */
  readonly url: string;
  /** Request bodies, sent in turn. */
  readonly bodies: readonly string[];
  /** Bytes of the right answer to each body: another size is a wrong answer. */
  readonly sizes: readonly number[];
  /** Index of the first body to send: rounds go on where the last one ended, so that none repeats another. */
  readonly first: number;
  readonly connections: number;
  /** Milliseconds; requests under way at the end are waited for and counted. */
  readonly durationMs: number;
}

/** What came of it. */
export interface HttpLoadResult {
  readonly requests: number;
  /** Answers whose status or size wasn't what it should be, and requests that failed. */
  readonly wrong: number;
  /** From the first request to the last answer. */
  readonly elapsedMs: number;
  /** Of each request, ascending. */
  readonly latenciesMs: readonly number[];
}

const HEADERS = { 'content-type': 'application/json', accept: 'application/json' };

/** One request; resolves to the bytes of an answer with status 200, else to undefined. Never rejects. */
function send(pool: Pool, path: string, body: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    let isOk = false;
    let bytes = 0;
    pool.dispatch(
      { path, method: 'POST', headers: HEADERS, body },
      {
        // Undici refuses a handler without it.
        onRequestStart: () => undefined,
        onResponseStart(_controller, status) {
          isOk = status === 200;
        },
        onResponseData(_controller, chunk) {
          bytes += chunk.length;
        },
        onResponseEnd: () => resolve(isOk ? bytes : undefined),
        onResponseError: () => resolve(undefined),
      },
    );
  });
}

/** Each connection sends its next request when it has the answer to its last one. Sizes are counted, nothing is parsed. */
export async function runHttpLoad(load: HttpLoad): Promise<HttpLoadResult> {
  const { bodies, sizes, connections } = load;
  const { origin, pathname } = new URL(load.url);
  const pool = new Pool(origin, { connections, pipelining: 1 });
  const latencies: number[] = [];
  let wrong = 0;
  let next = load.first;
  const started = performance.now();
  const end = started + load.durationMs;

  async function connection(): Promise<void> {
    while (performance.now() < end) {
      const at = next % bodies.length;
      next += 1;
      const sent = performance.now();
      const bytes = await send(pool, pathname, bodies[at] ?? '');
      latencies.push(performance.now() - sent);
      if (bytes !== sizes[at]) wrong += 1;
    }
  }

  await Promise.all(Array.from({ length: connections }, connection));
  const elapsedMs = performance.now() - started;
  await pool.destroy();
  return { requests: latencies.length, wrong, elapsedMs, latenciesMs: latencies.sort((a, b) => a - b) };
}
