import { setTimeout as delay } from 'node:timers/promises';
import type { Document } from 'bson';
import { fromBson } from '../bson-peek.ts';
import { firstRow, type Handler, isTrue, required } from '../command.ts';
import { CommandError, ErrorCode } from '../command-error.ts';
import { mongoCodeOfPacked } from '../error-codes.ts';

const REQUEST = 'select retval, ok, requests from documentdb_api.create_indexes_background($1, $2)';
const STATUS = 'select retval, ok, complete from documentdb_api_internal.check_build_index_status($1)';
/** DocumentDB keeps two build queues. */
const BUILD = [1, 2].map((queue) => `call documentdb_api_internal.build_index_concurrently(${queue})`);
const EMPTY_DOCUMENT_BYTES = 5;
const BUILD_PAUSE_MS = 20;

/**
 * DocumentDB only queues index builds, for a job that runs every two seconds; a unique index then vanishes silently if
 * duplicates slip in meanwhile. So the queue is worked off here and the reply means that the index is there.
 */
const createIndexes: Handler = async (command, { connection }) => {
  const [reply, ok, requests] = firstRow(await connection.query(REQUEST, [command.database, command.body]));
  if (!isTrue(ok)) throw indexError(command.collection, fromBson(required(reply)));
  // No requests: the collection was empty and the indexes were made at once.
  for (let turn = 0; requests && requests.length > EMPTY_DOCUMENT_BYTES; turn++) {
    await connection.query(BUILD[turn % BUILD.length] ?? '');
    const [status, fine, complete] = firstRow(await connection.query(STATUS, [requests]));
    if (!isTrue(fine)) throw indexError(command.collection, fromBson(required(status)));
    if (isTrue(complete)) break;
    await delay(BUILD_PAUSE_MS);
  }
  return required(reply);
};

const dropIndexes: Handler = async (command, { connection }) => {
  const sql = 'call documentdb_api.drop_indexes($1, $2)';
  const reply = fromBson(required(firstRow(await connection.query(sql, [command.database, command.body]))[0]));
  if (!reply.ok) throw indexError(command.collection, reply);
  return { ...reply, ok: 1 };
};

function indexError(collection: string, reply: Document): CommandError {
  const failure = reply.raw?.defaultShard ?? reply;
  const [code, codeName] = mongoCodeOfPacked(Number(failure.code));
  const duplicate = code === ErrorCode.DuplicateKey;
  const text = duplicate ? `E11000 duplicate key error in ${collection}: ${failure.errmsg}` : String(failure.errmsg);
  return new CommandError(code, text, { codeName });
}

/** Making and removing indexes. */
export const indexCommands: Readonly<Record<string, Handler>> = { createIndexes, dropIndexes };
