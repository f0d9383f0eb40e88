import type net from 'node:net';
import { type Document, ObjectId } from 'bson';
import type { ResolvedGatewayOptions } from './options.ts';
import { MAX_MESSAGE_BYTES } from './wire-message.ts';

/** Wire versions of MongoDB 7.0: from 9 on drivers expect retryable writes, from 8 on transactions. */
const MAX_WIRE_VERSION = 21;
const MAX_DOCUMENT_BYTES = 16_777_216;
const MAX_WRITE_BATCH = 25_000;

const electionId = new ObjectId();

export function isHello(name: string): boolean {
  return /^(hello|ismaster)$/i.test(name);
}

/** Introduces the gateway to a driver. */
export function hello(
  name: string,
  topology: ResolvedGatewayOptions['topology'],
  socket: Pick<net.Socket, 'localAddress' | 'localPort'>,
  connectionId: number,
): Document {
  const me = `${socket.localAddress?.replace('::ffff:', '')}:${socket.localPort}`;
  const role =
    topology === 'mongos'
      ? { msg: 'isdbgrid' }
      : { setName: 'rs0', setVersion: 1, electionId, secondary: false, hosts: [me], primary: me, me };
  return {
    ...(name === 'hello' ? { isWritablePrimary: true } : { ismaster: true, helloOk: true }),
    ...role,
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    maxMessageSizeBytes: MAX_MESSAGE_BYTES,
    maxWriteBatchSize: MAX_WRITE_BATCH,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: 30,
    connectionId,
    minWireVersion: 0,
    maxWireVersion: MAX_WIRE_VERSION,
    readOnly: false,
    ok: 1,
  };
}
