import { firstRow, type Handler, isTrue } from '../command.ts';
import { CommandError, ErrorCode } from '../command-error.ts';
import { bodyOnly, documentCommand } from './documents.ts';

const drop: Handler = async ({ database, collection }, { connection }) => {
  const sql = 'select documentdb_api.drop_collection($1, $2)';
  const [dropped] = firstRow(await connection.query(sql, [database, collection]));
  if (!isTrue(dropped)) throw new CommandError(ErrorCode.NamespaceNotFound, 'ns not found');
  return { ns: `${database}.${collection}`, ok: 1 };
};

const dropDatabase: Handler = async ({ database }, { connection }) => {
  await connection.query('select documentdb_api.drop_database($1)', [database]);
  return { dropped: database, ok: 1 };
};

/** Reading about, making and removing collections. */
export const collectionCommands: Readonly<Record<string, Handler>> = {
  count: documentCommand('select document from documentdb_api.count_query($1, $2)'),
  distinct: documentCommand('select document from documentdb_api.distinct_query($1, $2)'),
  create: documentCommand('select documentdb_api.create_collection_view($1, $2)'),
  collMod: documentCommand('select documentdb_api.coll_mod($1, $2, $3)', ({ database, collection, body }) => [
    database,
    collection,
    body,
  ]),
  renameCollection: documentCommand('select documentdb_api.rename_collection($1::documentdb_core.bson)', bodyOnly),
  listDatabases: documentCommand('select documentdb_api.list_databases($1)', bodyOnly),
  collStats: documentCommand('select documentdb_api.coll_stats($1, $2)', (c) => [c.database, c.collection]),
  dbStats: documentCommand('select documentdb_api.db_stats($1)', (c) => [c.database]),
  validate: documentCommand('select document from documentdb_api.validate($1, $2)'),
  drop,
  dropDatabase,
};
