import { fromBson } from '../bson-peek.ts';
import { firstRow, type Handler, required } from '../command.ts';
import { CommandError, ErrorCode } from '../command-error.ts';
import { describeDuplicate } from '../duplicate-key.ts';
import { toCommandError } from '../error-codes.ts';
import { PgError, SERIALIZATION_FAILURE } from '../pg-error.ts';
import { rememberingCall } from '../retry-memory.ts';
import { isLostRace } from './upserts.ts';
import { writtenBy } from './writes.ts';

const CALL = 'documentdb_api.find_and_modify($1, $2)';
const PLAIN = `select p_result from ${CALL}`;
const REMEMBERING = rememberingCall(CALL, 'p_result', 3);

const findAndModify: Handler = async (command, { connection, retry, lookUp }) => {
  const params = [command.database, command.body];
  try {
    const rows = retry
      ? await connection.query(REMEMBERING, [...params, retry.session, String(retry.number)])
      : await connection.query(PLAIN, params);
    return required(firstRow(rows)[0]);
  } catch (error) {
    const found = toCommandError(error, false);
    if (found.code !== ErrorCode.DuplicateKey) throw error;
    const { update, query, upsert } = fromBson(command.body);
    const { errmsg, ...fields } = await describeDuplicate(command, lookUp, found.message, writtenBy(update, query));
    if (upsert && isLostRace({ query, update }, fields.keyPattern)) throw new PgError(SERIALIZATION_FAILURE, errmsg);
    throw new CommandError(found.code, errmsg, { fields });
  }
};

/** Reading and writing one document at once. */
export const findAndModifyCommands: Readonly<Record<string, Handler>> = { findAndModify, findandmodify: findAndModify };
