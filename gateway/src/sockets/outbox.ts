import type { Duplex } from 'node:stream';
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
function copiedSize(first: PendingEvent): number {
  let size = 0;
  for (let event: PendingEvent | undefined = first; event; event = event.after) {
    if (event.operation.isOver) continue;
    const message = messageSize(event);
    size += headerSize(message) + message - (event.payload.length < SHARED_FROM_BYTES ? 0 : event.payload.length);
  }
  return size;
}

/** Writes the frames into memory of that size. Returns the payloads that are to be put in between, and where. */
function writeFrames(
  first: PendingEvent,
  target: Buffer,
): { readonly at: number; readonly payload: Buffer }[] | undefined {
  let shared: { readonly at: number; readonly payload: Buffer }[] | undefined;
  let at = 0;
  for (let event: PendingEvent | undefined = first; event; event = event.after) {
    const { operation, payload } = event;
    if (operation.isOver || !operation.prefix) continue;
    at = writeHeader(target, at, messageSize(event));
    target.set(operation.prefix, at);
    at += operation.prefix.length;
    if (payload.length < SHARED_FROM_BYTES) {
      target.set(payload, at);
      at += payload.length;
    } else {
      shared ??= [];
      shared.push({ at, payload });
    }
    target[at] = TAIL;
    at += 1;
  }
  return shared;
}

/** Writes past `ws`, whose own sending costs as much as the rest of a delivery. */
function write(stream: Duplex, frames: Buffer, shared: ReturnType<typeof writeFrames>): void {
  if (!shared) {
    stream.write(frames);
    return;
  }
  stream.cork();
  let start = 0;
  for (const { at, payload } of shared) {
    stream.write(frames.subarray(start, at));
    stream.write(payload);
    start = at;
  }
  stream.write(frames.subarray(start));
  stream.uncork();
}

/** In case `ws` itself is in the middle of sending: its queue keeps the order. */
function sendThroughSocket({ socket }: Connection, first: PendingEvent): void {
  for (let event: PendingEvent | undefined = first; event; event = event.after) {
    const { operation, payload } = event;
    if (operation.isOver || !operation.prefix) continue;
    socket.send(Buffer.concat([operation.prefix, payload, Buffer.from('}')]), { binary: false });
  }
}

/** Makes the outbox of one process. */
export function createOutbox({ maxBufferedBytes, onTooSlow }: OutboxOptions): Outbox {
  const takeMemory = createSlabs();
  let dirty: Connection[] = [];

  function flush(connection: Connection): void {
    const { socket, stream, firstPending: first } = connection;
    if (!first) return;
    connection.firstPending = undefined;
    connection.lastPending = undefined;
    if (socket.readyState !== socket.OPEN) return;
    const waiting = socket.bufferedAmount;
    if (waiting > maxBufferedBytes) {
      onTooSlow(connection);
      return;
    }
    // The difference is what `ws` has in a queue of its own.
    if (waiting > 0 && stream.writableLength !== waiting) {
      sendThroughSocket(connection, first);
      return;
    }
    const size = copiedSize(first);
    if (size === 0) return;
    const frames = takeMemory(size, waiting > 0);
    write(stream, frames, writeFrames(first, frames));
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
      for (const payload of payloads) {
        const event: PendingEvent = { operation, payload, after: undefined };
        if (connection.firstPending && connection.lastPending) connection.lastPending.after = event;
        else {
          connection.firstPending = event;
          if (dirty.length === 0) setImmediate(flushAll);
          dirty.push(connection);
        }
        connection.lastPending = event;
      }
    },
  };
}
