import type { ServerResponse } from 'node:http';
import type { Component } from '@postbook/service-kit/edge';
import type { GraphQLFormattedError } from 'graphql';
import { type ErrorFormatter, formatErrors } from '../errors/format-error.ts';
import { ConnectionExpiredError, StoppingError, SubscriberTooSlowError } from '../errors/gateway-errors.ts';
import { createDeadlines, type Scheduled } from '../sockets/deadlines.ts';
import { spreadLife } from '../sockets/socket-care.ts';
import type { EventPayload } from '../subscriptions/subscription-engine.ts';
import type { GatewayMetrics } from '../telemetry/gateway-metrics.ts';
import { openEventStream } from './event-stream-writer.ts';

/** One open event stream. It ends exactly once, whoever ends it. */
export interface EventStream extends Scheduled {
  /** Results in order. A client that takes them too slowly is ended with SUBSCRIBER_TOO_SLOW. */
  next(payloads: readonly EventPayload[]): void;
  /** The operation is complete, or can't go on: the last event has the errors, masked and with their codes. */
  end(errors?: readonly GraphQLFormattedError[]): void;
  /** The same with errors that aren't masked yet. */
  fail(...errors: readonly unknown[]): void;
  /** Whether it has ended. */
  readonly isOver: boolean;
  /** Called once when it has: with the first error's code, `ok`, or `stopped` when the client went away. */
  onEnd: (outcome: string) => void;
  readonly endAt: number;
}

/** All event streams of the process. */
export interface EventStreams extends Component {
  readonly isStopping: boolean;
  open(response: ServerResponse): EventStream;
}

/** Options of {@link createEventStreams}. */
export interface EventStreamsOptions {
  /** Milliseconds between comments. */
  readonly keepAliveMs: number;
  readonly maxBufferedBytes: number;
  /** Milliseconds that a stream may live. */
  readonly maxLifeMs: number;
  readonly format: ErrorFormatter;
  readonly metrics: GatewayMetrics;
}

/** Makes the registry. At stop, every stream ends with a coded last event. */
export function createEventStreams(options: EventStreamsOptions): EventStreams {
  const { keepAliveMs, maxBufferedBytes, maxLifeMs, format, metrics } = options;
  const all = new Map<EventStream, () => void>();
  let isStopping = false;

  const deadlines = createDeadlines<EventStream>({ onDue: lookAfter });
  const schedule = (stream: EventStream) => deadlines.set(stream, Math.min(stream.endAt, Date.now() + keepAliveMs));

  function lookAfter(stream: EventStream, now: number): void {
    if (now >= stream.endAt) {
      stream.fail(new ConnectionExpiredError());
      return;
    }
    all.get(stream)?.();
    schedule(stream);
  }

  function open(response: ServerResponse): EventStream {
    const writer = openEventStream(response, maxBufferedBytes);

    function forget(outcome: string): void {
      if (!all.delete(stream)) return;
      deadlines.clear(stream);
      metrics.eventStreams.dec();
      stream.onEnd(outcome);
    }

    const stream: EventStream = {
      tick: 0,
      endAt: Date.now() + spreadLife(maxLifeMs),
      onEnd: () => undefined,
      get isOver() {
        return writer.isOver;
      },
      next(payloads) {
        if (!writer.next(payloads)) stream.fail(new SubscriberTooSlowError());
      },
      end(errors) {
        if (writer.isOver) return;
        writer.complete(errors);
        forget(String(errors?.[0]?.extensions?.code ?? 'ok'));
      },
      fail: (...errors) => stream.end(formatErrors(errors, format)),
    };
    all.set(stream, writer.keepAlive);
    metrics.eventStreams.inc();
    response.on('close', () => forget('stopped'));
    schedule(stream);
    return stream;
  }

  return {
    name: 'event streams',
    open,
    get isStopping() {
      return isStopping;
    },
    start: async () => undefined,
    async stop() {
      isStopping = true;
      for (const stream of [...all.keys()]) stream.fail(new StoppingError());
    },
  };
}
