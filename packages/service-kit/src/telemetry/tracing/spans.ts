import {
  type Attributes,
  type Context,
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { RequestTrace } from '../../logging/request-scope.ts';

let isOn = false;

/** Whether this process sends traces. Everything about spans is skipped when it doesn't. */
export const isTracing = (): boolean => isOn;

/** Says whether spans are wanted; as process-wide as OpenTelemetry's own registry. */
export function setTracing(isWanted: boolean): void {
  isOn = isWanted;
}

/** The tracer of all our spans. */
export const tracer = (): Tracer => trace.getTracer('postbook');

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The context that a W3C `traceparent` names, as one of another process. */
export function contextOfTraceparent(traceparent: string | undefined): Context {
  const [, traceId = '', spanId = '', flags = '0'] = traceparent?.match(TRACEPARENT) ?? [];
  const parent = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(parent) ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
}

/** A span's place as a W3C `traceparent`. */
export function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/** Options of {@link startSpan}. */
export interface SpanOptions {
  /** Default: work within the process. */
  readonly kind?: SpanKind | undefined;
  /** No personal data, no values of variables, no text of users: traces are kept where logs are. */
  readonly attributes?: Attributes | undefined;
  /** What it belongs to, as a `traceparent`. Default: the span that is active. */
  readonly parent?: string | undefined;
}

/** Starts a span; whoever does must end it. Only while {@link isTracing}. */
export const startSpan = (
  name: string,
  { kind = SpanKind.INTERNAL, attributes = {}, parent }: SpanOptions = {},
): Span =>
  tracer().startSpan(
    name,
    { kind, attributes },
    parent === undefined ? context.active() : contextOfTraceparent(parent),
  );

/** Marks a span as failed. The code is stable and safe to show; messages may carry what users wrote. */
export function failSpan(span: Span, code: string): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: code });
}

const codeOf = (error: unknown): string =>
  String((error as { code?: unknown } | undefined)?.code ?? (error instanceof Error ? error.name : 'Error'));

/**
 * Does the work within a span that is active meanwhile. The work is given the span, or undefined while nothing is traced;
 * then this costs nothing.
 */
export async function withSpan<T>(
  name: string,
  options: SpanOptions,
  work: (span: Span | undefined) => Promise<T>,
): Promise<T> {
  if (!isOn) return work(undefined);
  const span = startSpan(name, options);
  try {
    return await context.with(trace.setSpan(context.active(), span), () => work(span));
  } catch (error) {
    failSpan(span, codeOf(error));
    throw error;
  } finally {
    span.end();
  }
}

/** The same trace for calls to others that are made within the span. */
export const traceWithin = (requestTrace: RequestTrace, span: Span): RequestTrace => ({
  ...requestTrace,
  traceparent: traceparentOf(span),
});
