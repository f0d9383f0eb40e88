import { once } from 'node:events';
import type net from 'node:net';
import type { Document } from 'bson';
import { toBson } from './bson-peek.ts';
import { ErrorCode } from './command-error.ts';
import type { Dispatcher } from './dispatcher.ts';
import { encodeReply, Framer, OpCode, ProtocolError } from './wire-message.ts';

/**
 * Serves one client until it goes or breaks the protocol. Messages are answered one after the other; while one is
 * worked on, and while the client does not read its replies, nothing more is read from it.
 */
export async function serveClient(
  socket: net.Socket,
  dispatcher: Dispatcher,
  introduce: (name: string) => Document | undefined,
): Promise<void> {
  const framer = new Framer();
  socket.setNoDelay(true);
  try {
    // Leaving the loop must not destroy the socket: the reason is still to be sent.
    for await (const data of socket.iterator({ destroyOnReturn: false })) {
      for (const message of framer.push(data as Buffer)) {
        const reply = await dispatcher.answer(message, introduce, socket);
        if (message.moreToCome || !socket.writable) continue;
        if (!socket.write(encodeReply(message, reply))) await once(socket, 'drain');
      }
    }
  } catch (error) {
    if (error instanceof ProtocolError) refuse(socket, error);
  } finally {
    socket.destroySoon();
  }
}

/** What follows in the stream cannot be understood any more, so the reason is the last thing sent. */
function refuse(socket: net.Socket, error: ProtocolError): void {
  if (error.requestId === undefined || !socket.writable) return;
  const reply = toBson({
    ok: 0,
    errmsg: error.message,
    code: ErrorCode.BSONObjectTooLarge,
    codeName: 'BSONObjectTooLarge',
  });
  socket.write(encodeReply({ requestId: error.requestId, opCode: OpCode.Msg }, reply));
}
