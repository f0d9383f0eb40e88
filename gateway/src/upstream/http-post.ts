import type { Dispatcher } from 'undici';
import { type FaultReason, SubgraphFault } from './subgraph-fault.ts';

/** One POST. */
export interface PostRequest {
  /** For messages only. */
  readonly service: string;
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Milliseconds until the whole answer must be there, waiting for a free connection included. */
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
}

/** What came back, whole. */
export interface PostResponse {
  readonly status: number;
  readonly bytes: Buffer;
}

const join = (chunks: readonly Buffer[]): Buffer =>
  (chunks.length === 1 ? chunks[0] : undefined) ?? Buffer.concat(chunks);

/**
 * Posts over the dispatcher's kept-alive connections. Undici's lowest interface: no stream, no promise per chunk, and the
 * connection is given up as soon as the time or the size is exceeded.
 *
 * @throws SubgraphFault with reason CONNECTION, TIMEOUT or RESPONSE_TOO_LARGE.
 */
export function post(dispatcher: Dispatcher, request: PostRequest): Promise<PostResponse> {
  const { service, origin, path, headers, body, timeoutMs, maxAnswerBytes } = request;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let status = 0;
    let controller: Dispatcher.DispatchController | undefined;
    let fault: SubgraphFault | undefined;

    function fail(reason: FaultReason, message: string, cause?: unknown): void {
      if (fault) return;
      fault = new SubgraphFault(service, reason, message, { cause, isBeforeAnswer: status === 0 });
      clearTimeout(timer);
      controller?.abort(fault);
      reject(fault);
    }
    const timer = setTimeout(() => fail('TIMEOUT', `no answer within ${timeoutMs} ms`), timeoutMs);

    dispatcher.dispatch(
      { origin, path, method: 'POST', headers, body, headersTimeout: 0, bodyTimeout: 0 },
      {
        onRequestStart(started) {
          // It may have waited for a connection for longer than it had time.
          if (fault) started.abort(fault);
          controller = started;
        },
        onResponseStart(_controller, statusCode) {
          status = statusCode;
        },
        onResponseData(_controller, chunk) {
          size += chunk.length;
          if (size > maxAnswerBytes) fail('RESPONSE_TOO_LARGE', `the answer exceeds ${maxAnswerBytes} bytes`);
          else chunks.push(chunk);
        },
        onResponseEnd() {
          clearTimeout(timer);
          resolve({ status, bytes: join(chunks) });
        },
        onResponseError: (_controller, error) => fail('CONNECTION', error.message, error),
      },
    );
  });
}
