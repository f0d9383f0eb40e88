import { type Attributes, SpanKind, trace } from '@opentelemetry/api';
import * as drizzle from 'drizzle-orm/tracing';
import { withSpan } from './spans.ts';

/** The part of a span that Drizzle uses. */
interface DrizzleSpan {
  setAttributes(attributes: Attributes): void;
}

type Work = (span?: DrizzleSpan) => unknown;

/** The name that repositories write before their statements. */
const NAME = /^\s*\/\*\s*([\w.]+)\s*\*\//;

/** What a statement is called; its text is not shown, as ids may be written into it. */
const nameOf = (statement: string): string =>
  NAME.exec(statement)?.[1] ?? statement.trim().split(/\s/, 1)[0] ?? 'query';

function traced(name: string, work: Work): unknown {
  // Of its phases only the whole is of interest, and only where a request is being served.
  if (name !== 'drizzle.execute' || !trace.getActiveSpan()) return work();
  const options = { kind: SpanKind.CLIENT, attributes: { 'db.system.name': 'postgresql' } };
  return withSpan('query', options, async (span) =>
    work({
      // Drizzle also gives the parameters here: they are left out, as they are what people wrote.
      setAttributes: (attributes) => span?.updateName(nameOf(String(attributes['drizzle.query.text'] ?? ''))),
    }),
  );
}

/**
 * A span for every statement that goes through Drizzle: it calls a tracer at the right places, and leaves what that does to
 * be filled in. Returns the end of it.
 */
export function tracePostgresStatements(): () => void {
  const { tracer: hooks } = drizzle as unknown as {
    tracer: { startActiveSpan: (name: string, work: Work) => unknown };
  };
  const own = hooks.startActiveSpan;
  hooks.startActiveSpan = traced;
  return () => {
    hooks.startActiveSpan = own;
  };
}
