import { tracingChannel } from 'node:diagnostics_channel';
import { type Span, SpanKind, trace } from '@opentelemetry/api';
import { failSpan, startSpan } from './spans.ts';

/** What the driver says of a command; its arguments, which it also gives, have ids of people in them. */
interface CommandMessage {
  readonly command?: string;
  readonly error?: unknown;
}

/** A span for every command of ioredis, by the driver's own channel, where a request is being served. Returns the end of it. */
export function traceRedisCommands(): () => void {
  const channel = tracingChannel<string, CommandMessage>('ioredis:command');
  const spans = new WeakMap<object, Span>();
  const subscribers = {
    start(message: CommandMessage) {
      if (!trace.getActiveSpan()) return;
      const command = String(message.command ?? 'command').toUpperCase();
      const attributes = { 'db.system.name': 'redis', 'db.operation.name': command };
      spans.set(message, startSpan(command, { kind: SpanKind.CLIENT, attributes }));
    },
    end: () => undefined,
    asyncStart: () => undefined,
    asyncEnd(message: CommandMessage) {
      spans.get(message)?.end();
    },
    error(message: CommandMessage) {
      const span = spans.get(message);
      if (span) failSpan(span, message.error instanceof Error ? message.error.name : 'Error');
    },
  };
  channel.subscribe(subscribers);
  return () => void channel.unsubscribe(subscribers);
}
