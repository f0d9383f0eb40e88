import { type Span, SpanKind, trace } from '@opentelemetry/api';
import type { CommandStartedEvent, MongoClient } from 'mongodb';
import { failSpan, startSpan } from './spans.ts';

/** What is talked about where no request is. */
const isWanted = () => trace.getActiveSpan() !== undefined;

function start({ commandName, databaseName, command }: CommandStartedEvent): Span {
  const collection: unknown = command[commandName];
  const attributes = {
    'db.system.name': 'mongodb',
    'db.namespace': databaseName,
    'db.operation.name': commandName,
    ...(typeof collection === 'string' ? { 'db.collection.name': collection } : {}),
  };
  // Repositories name their queries; the filter itself has ids of people in it.
  const name = typeof command.comment === 'string' ? command.comment : commandName;
  return startSpan(name, { kind: SpanKind.CLIENT, attributes });
}

/** A span for every command of a client that was made with `monitorCommands`, where a request is being served. */
export function traceMongoCommands(client: MongoClient): void {
  const spans = new Map<number, Span>();
  const end = ({ requestId }: { requestId: number }, code?: string) => {
    const span = spans.get(requestId);
    if (!span) return;
    spans.delete(requestId);
    if (code !== undefined) failSpan(span, code);
    span.end();
  };
  client.on('commandStarted', (event) => {
    if (isWanted()) spans.set(event.requestId, start(event));
  });
  client.on('commandSucceeded', (event) => end(event));
  client.on('commandFailed', (event) => end(event, event.failure.name));
}
