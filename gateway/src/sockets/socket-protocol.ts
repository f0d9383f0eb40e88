import type { Logger } from '@postbook/service-kit/edge';
import { type CompleteMessage, MessageType, type SubscribeMessage, validateMessage } from 'graphql-ws';
import type { RawData } from 'ws';
import { CLOSE, type Closing } from './close-codes.ts';
import { type Connection, isClosing } from './connection.ts';
import type { SocketIdentity } from './socket-identity.ts';
import type { SocketOperations } from './socket-operations.ts';

/** What clients may send; the rest of the protocol is ours to send. */
type ClientMessage = ReturnType<typeof validateMessage>;

/** Options of {@link createSocketProtocol}. */
export interface SocketProtocolOptions {
  readonly operations: SocketOperations;
  readonly identity: SocketIdentity;
  readonly send: (connection: Connection, text: string) => void;
  readonly close: (connection: Connection, closing: Closing, reason?: string) => void;
  readonly log: Logger;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Clients with persisted operations may send an id in place of a text; the protocol insists on a text. */
function withText(message: unknown): unknown {
  if (!isRecord(message) || message.type !== MessageType.Subscribe || !isRecord(message.payload)) return message;
  const { payload } = message;
  if (payload.query !== undefined || !isRecord(payload.extensions)) return message;
  return { ...message, payload: { ...payload, query: '' } };
}

/** The message, or undefined when it is none of the protocol. */
function readMessage(data: RawData, isBinary: boolean): ClientMessage | undefined {
  if (isBinary) return undefined;
  try {
    return validateMessage(withText(JSON.parse(String(data))));
  } catch {
    return undefined;
  }
}

/**
 * graphql-transport-ws, the server's side. Messages are checked by graphql-ws; its server isn't used, as it keeps seven
 * closures for each socket and more for each operation, and because an id that is used again while the operation before
 * is still being worked on gets the results of both.
 */
export function createSocketProtocol(options: SocketProtocolOptions) {
  const { operations, identity, send, close, log } = options;

  async function initialise(connection: Connection, payload: Record<string, unknown> | undefined): Promise<void> {
    if (connection.phase !== 'opened') {
      close(connection, CLOSE.secondInit);
      return;
    }
    connection.phase = 'initialising';
    const ack = await identity.logIn(connection, payload ?? {});
    if (!ack || isClosing(connection)) return;
    connection.phase = 'ready';
    const hasContent = Object.keys(ack).length > 0;
    send(connection, JSON.stringify({ type: MessageType.ConnectionAck, ...(hasContent ? { payload: ack } : {}) }));
  }

  /** A ping is answered with its payload, unless that has a token: then with what became of it. */
  async function answerPing(connection: Connection, payload: Record<string, unknown> | undefined): Promise<void> {
    if (payload?.authorization === undefined) {
      send(connection, JSON.stringify({ type: MessageType.Pong, ...(payload ? { payload } : {}) }));
      return;
    }
    if (connection.phase !== 'ready') {
      close(connection, CLOSE.unauthorized);
      return;
    }
    const answer = await identity.renew(connection, payload.authorization);
    if (answer && !isClosing(connection)) {
      send(connection, JSON.stringify({ type: MessageType.Pong, payload: answer }));
    }
  }

  function subscribe(connection: Connection, { id, payload }: SubscribeMessage): void {
    if (connection.phase !== 'ready') close(connection, CLOSE.unauthorized);
    else if (!connection.operations.has(id)) operations.begin(connection, id, payload);
    else close(connection, CLOSE.duplicateId, `Subscriber for ${id} already exists`);
  }

  function dispatch(connection: Connection, message: ClientMessage): Promise<void> | void {
    switch (message.type) {
      case MessageType.ConnectionInit:
        return initialise(connection, message.payload ?? undefined);
      case MessageType.Ping:
        return answerPing(connection, message.payload ?? undefined);
      case MessageType.Pong:
        return undefined;
      case MessageType.Subscribe:
        return subscribe(connection, message);
      case MessageType.Complete:
        return operations.cancel(connection, (message as CompleteMessage).id);
      case MessageType.ConnectionAck:
      case MessageType.Next:
      case MessageType.Error:
        return close(connection, CLOSE.badRequest);
      default:
        return message satisfies never;
    }
  }

  return {
    /** Takes a frame of a client. */
    receive(connection: Connection, data: RawData, isBinary: boolean): void {
      if (isClosing(connection)) return;
      const message = readMessage(data, isBinary);
      if (!message) {
        close(connection, CLOSE.badRequest);
        return;
      }
      Promise.resolve(dispatch(connection, message)).catch((error: unknown) => {
        log.error({ err: error }, 'a message of a client could not be handled');
        close(connection, CLOSE.fault);
      });
    },
  };
}
