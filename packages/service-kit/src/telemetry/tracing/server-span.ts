import type { IncomingMessage, ServerResponse } from 'node:http';
import { context, SpanKind, trace } from '@opentelemetry/api';
import type { RequestTrace } from '../../logging/request-scope.ts';
import { failSpan, isTracing, startSpan, traceWithin } from './spans.ts';

/** Asked every few seconds by machines; their traces would bury all others. */
const UNTRACED = /^\/(health|metrics)/;

/**
 * Serves a request within a span of its own, the caller's child, which ends with the response. What the request calls gets
 * the span as its parent by the trace it is given.
 */
export function withServerSpan<T>(
  request: IncomingMessage,
  response: ServerResponse,
  requestTrace: RequestTrace,
  serve: (requestTrace: RequestTrace) => T,
): T {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  if (!isTracing() || UNTRACED.test(path)) return serve(requestTrace);
  const method = request.method ?? 'GET';
  const isKnown = request.headers.traceparent !== undefined;
  const span = startSpan(`${method} ${path}`, {
    kind: SpanKind.SERVER,
    attributes: { 'http.request.method': method, 'url.path': path, 'postbook.request_id': requestTrace.requestId },
    // A trace that was made up for the log has no span that one could be a child of.
    parent: isKnown ? requestTrace.traceparent : '',
  });
  response.once('close', () => {
    span.setAttribute('http.response.status_code', response.statusCode);
    if (response.statusCode >= 500) failSpan(span, String(response.statusCode));
    span.end();
  });
  return context.with(trace.setSpan(context.active(), span), () => serve(traceWithin(requestTrace, span)));
}
