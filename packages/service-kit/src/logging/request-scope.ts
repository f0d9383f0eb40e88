import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes, randomUUID } from 'node:crypto';

/** What ties the log lines of one request together, across processes. */
export interface RequestTrace {
  /** Given to the client in `x-request-id`, so that a report leads to the log. */
  readonly requestId: string;
  /** W3C trace context, passed on to every call. */
  readonly traceparent: string;
}

const scope = new AsyncLocalStorage<RequestTrace>();

/** Runs the work with its ids attached: every log line written within carries them. */
export const withRequestTrace = <T>(trace: RequestTrace, work: () => T): T => scope.run(trace, work);

/** The ids of the request being served, if one is. */
export const currentRequestTrace = (): RequestTrace | undefined => scope.getStore();

const REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/;
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The first value of a header that Node may give as a list. */
const single = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);

/**
 * The ids a request came with, or new ones. What a caller sends is taken only in the expected shape: a log line must not
 * be writable from outside.
 */
export function traceFromHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): RequestTrace {
  const requestId = single(headers['x-request-id']);
  const traceparent = single(headers.traceparent);
  return {
    requestId: requestId && REQUEST_ID.test(requestId) ? requestId : randomUUID(),
    traceparent:
      traceparent && TRACEPARENT.test(traceparent)
        ? traceparent
        : `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`,
  };
}
