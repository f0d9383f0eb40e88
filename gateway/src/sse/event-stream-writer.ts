import type { ServerResponse } from 'node:http';
import type { GraphQLFormattedError } from 'graphql';
import type { Scheduled } from '../sockets/deadlines.ts';
import type { EventPayload } from '../subscriptions/subscription-engine.ts';

/** A response that events are written to, as graphql-sse's "distinct connections mode" has it. */
export interface EventStreamWriter extends Scheduled {
  /** Results in order, in one write. False when the client takes them too slowly; they are dropped then. */
  next(payloads: readonly EventPayload[]): boolean;
  /** A comment, which clients ignore and proxies take for a sign of life. */
  keepAlive(): void;
  /** The last event, with what went wrong if something did, and the end of the response. */
  complete(errors?: readonly GraphQLFormattedError[]): void;
  readonly isOver: boolean;
}

const NEXT = Buffer.from('event: next\ndata: ');
const END_OF_EVENT = Buffer.from('\n\n');
const COMPLETE = 'event: complete\ndata:\n\n';
/** How long a client that reads nothing may keep the response that was ended, in milliseconds. */
const END_PATIENCE_MS = 1_000;
const NEW_LINE = '\n'.charCodeAt(0);

/** A line break within the JSON would end the field: each line is a field of its own, and clients put them together. */
const asField = (payload: Buffer): Buffer =>
  payload.includes(NEW_LINE) ? Buffer.from(String(payload).replaceAll('\n', '\ndata: ')) : payload;

/** Begins the stream. `maxBufferedBytes` may wait to be sent before a client counts as too slow. */
export function openEventStream(response: ServerResponse, maxBufferedBytes: number): EventStreamWriter {
  let isOver = false;
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    // Proxies that collect a response before they pass it on would hold events back.
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
  response.on('close', () => {
    isOver = true;
  });

  return {
    tick: 0,
    get isOver() {
      return isOver;
    },
    next(payloads) {
      if (isOver) return true;
      if (response.writableLength > maxBufferedBytes) return false;
      response.write(Buffer.concat(payloads.flatMap((payload) => [NEXT, asField(payload), END_OF_EVENT])));
      return true;
    },
    keepAlive() {
      if (!isOver) response.write(':\n\n');
    },
    complete(errors) {
      if (isOver) return;
      isOver = true;
      const last = errors?.length ? `event: next\ndata: ${JSON.stringify({ data: null, errors })}\n\n` : '';
      response.end(last + COMPLETE);
      const patience = setTimeout(() => response.destroy(), END_PATIENCE_MS).unref();
      response.on('close', () => clearTimeout(patience));
    },
  };
}
