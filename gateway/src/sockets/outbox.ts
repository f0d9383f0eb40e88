import type { EventPayload } from '../subscriptions/subscription-engine.ts';
import type { Connection, PendingEvent, SocketOperation } from './connection.ts';
import { headerSize, writeHeader } from './frame.ts';

/** Sends events. Everything that falls to one socket in one tick goes out in one write. */
export interface Outbox {
  /** Queues results of a running subscription for the end of the tick. */
  push(operation: SocketOperation, payloads: readonly EventPayload[]): void;
  /** Writes what waits for a socket now: to be called before any other message is sent, so that order is kept. */
  flush(connection: Connection): void;
}

/** Options of {@link createOutbox}. */
export interface OutboxOptions {
  /** Bytes that may wait in a socket before its client counts as too slow. */
  readonly maxBufferedBytes: number;
  /** Called in place of a write that would have made it more. What waited is dropped before. */
  readonly onTooSlow: (connection: Connection) => void;
}

/**
 * Frames of many sockets share a piece of memory of so many bytes. It is freed once the slowest of them has taken its
 * part, so it must be small enough to be kept by one.
 */
const SLAB_BYTES = 64 * 1024;
/** From so many bytes on, a payload is handed to the system as it is instead of being copied for each socket. */
const SHARED_FROM_BYTES = 16 * 1024;
const TAIL = '}'.charCodeAt(0);

/** Everything of a `next` frame that comes before its payload. Ids are the client's: any text at all. */
export const nextPrefix = (id: string): Buffer => Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);

/** Pieces of memory to write frames into. */
function createSlabs() {
  let slab = Buffer.alloc(0);
  let used = 0;
  return (size: number, isAlone: boolean): Buffer => {
    // A socket that is behind keeps its memory: it must not be what keeps that of others.
    if (isAlone || size > SLAB_BYTES / 2) return Buffer.allocUnsafeSlow(size);
    if (used + size > slab.length) {
      slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
      used = 0;
    }
    used += size;
    return slab.subarray(used - size, used);
  };
}

const messageSize = ({ operation, payload }: PendingEvent) => (operation.prefix?.length ?? 0) + payload.length + 1;

/** Bytes of the frames, without the payloads that aren't copied. */
function copiedSize(events: readonly PendingEvent[]): number {
  let size = 0;
  for (const event of events) {
    const message = messageSize(event);
    size += headerSize(message) + message - (event.payload.length < SHARED_FROM_BYTES ? 0 : event.payload.length);
  }
  return size;
}

/** The frames as few pieces as possible: one, but for large payloads. */
function toChunks(events: readonly PendingEvent[], target: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  let start = 0;
  let at = 0;
  for (const event of events) {
    const { operation, payload } = event;
    at = writeHeader(target, at, messageSize(event));
    at += operation.prefix?.copy(target, at) ?? 0;
    if (payload.length < SHARED_FROM_BYTES) {
      at += payload.copy(target, at);
    } else {
      chunks.push(target.subarray(start, at), payload);
      start = at;
    }
    target[at] = TAIL;
    at += 1;
  }
  if (at > start) chunks.push(start === 0 ? target : target.subarray(start));
  return chunks;
}

/** Writes past `ws`, whose own sending costs as much as the rest of a delivery. */
function write({ stream }: Connection, chunks: readonly Buffer[]): void {
  if (chunks.length === 1) {
    stream.write(chunks[0]);
    return;
  }
  stream.cork();
  for (const chunk of chunks) stream.write(chunk);
  stream.uncork();
}

/** In case `ws` itself is in the middle of sending: its queue keeps the order. */
function sendThroughSocket({ socket }: Connection, events: readonly PendingEvent[]): void {
  for (const { operation, payload } of events) {
    if (operation.prefix) socket.send(Buffer.concat([operation.prefix, payload, Buffer.from('}')]), { binary: false });
  }
}

/** Makes the outbox of one process. */
export function createOutbox({ maxBufferedBytes, onTooSlow }: OutboxOptions): Outbox {
  const takeMemory = createSlabs();
  let dirty: Connection[] = [];

  function flush(connection: Connection): void {
    const { socket, stream, pending } = connection;
    if (pending.length === 0) return;
    connection.pending = [];
    if (socket.readyState !== socket.OPEN) return;
    const waiting = stream.writableLength;
    if (waiting > maxBufferedBytes) {
      onTooSlow(connection);
      return;
    }
    const events = pending.some(({ operation }) => operation.isOver)
      ? pending.filter(({ operation }) => !operation.isOver)
      : pending;
    if (events.length === 0) return;
    // The difference is what `ws` has in a queue of its own.
    if (socket.bufferedAmount !== waiting) sendThroughSocket(connection, events);
    else write(connection, toChunks(events, takeMemory(copiedSize(events), waiting > 0)));
  }

  function flushAll(): void {
    const batch = dirty;
    dirty = [];
    for (const connection of batch) flush(connection);
  }

  return {
    flush,
    push(operation, payloads) {
      const { connection } = operation;
      if (connection.pending.length === 0) {
        if (dirty.length === 0) setImmediate(flushAll);
        dirty.push(connection);
      }
      for (const payload of payloads) connection.pending.push({ operation, payload });
    },
  };
}
