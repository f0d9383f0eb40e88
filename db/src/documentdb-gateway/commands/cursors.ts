import { Long } from 'bson';
import { fromBson } from '../bson-peek.ts';
import { type Command, firstRow, type Handler, required } from '../command.ts';
import { CommandError, ErrorCode } from '../command-error.ts';
import type { PgConnection } from '../pg-connection.ts';

/** Commands whose reply is the first page of a cursor: the page is DocumentDB's, passed through. */
function cursorCommand(functionName: string): Handler {
  const sql = `select cursorpage, continuation, cursorid from documentdb_api.${functionName}($1, $2)`;
  return async (command, { connection, cursors, transaction }) => {
    const [page, continuation, id] = firstRow(await connection.query(sql, [command.database, command.body]));
    if (continuation && id) cursors.add(id.readBigInt64BE(0), continuation, transaction);
    return required(page);
  };
}

const GET_MORE = 'select cursorpage, continuation from documentdb_api.cursor_get_more($1, $2, $3)';

const getMore: Handler = async (command, { connection, cursors, transaction }) => {
  const id = command.fields.get('getMore');
  const cursor = typeof id === 'bigint' ? cursors.get(id) : undefined;
  if (typeof id !== 'bigint' || !cursor || cursor.transaction !== transaction) throw cursorNotFound(command);
  const rows = await connection.query(GET_MORE, [command.database, command.body, cursor.continuation]);
  const [page, continuation] = firstRow(rows);
  cursors.advance(id, continuation);
  return required(page);
};

const killCursors: Handler = async (command, { connection, cursors }) => {
  const ids = (fromBson(command.body).cursors as Long[]).map((id) => id.toBigInt());
  const killed = ids.filter((id) => cursors.delete(id));
  await deletePersistedCursors(connection, killed);
  const missing = ids.filter((id) => !killed.includes(id));
  return {
    cursorsKilled: killed.map((id) => Long.fromBigInt(id)),
    cursorsNotFound: missing.map((id) => Long.fromBigInt(id)),
    cursorsAlive: [],
    cursorsUnknown: [],
    ok: 1,
  };
};

/** Removes what DocumentDB keeps on disk for cursors nobody will read on. */
export async function deletePersistedCursors(connection: PgConnection, ids: readonly bigint[]): Promise<void> {
  if (ids.length === 0) return;
  await connection.query('select documentdb_api_internal.delete_cursors($1::text::bigint[])', [`{${ids.join(',')}}`]);
}

function cursorNotFound(command: Command): CommandError {
  return new CommandError(ErrorCode.CursorNotFound, `cursor id ${command.fields.get('getMore')} not found`);
}

/** Reading by pages. */
export const cursorCommands: Readonly<Record<string, Handler>> = {
  find: cursorCommand('find_cursor_first_page'),
  aggregate: cursorCommand('aggregate_cursor_first_page'),
  listCollections: cursorCommand('list_collections_cursor_first_page'),
  listIndexes: cursorCommand('list_indexes_cursor_first_page'),
  getMore,
  killCursors,
};
