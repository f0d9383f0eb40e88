import type { Document } from 'bson';
import { fromBson } from './bson-peek.ts';
import type { Command } from './command.ts';
import type { PgConnection } from './pg-connection.ts';

/** What MongoDB tells about a duplicate key. */
export interface DuplicateKey {
  readonly errmsg: string;
  readonly keyPattern?: Document;
  readonly keyValue?: Document;
}

const INDEX_KEY = `select (i.index_spec).index_key::bytea
  from documentdb_api_catalog.collection_indexes i
  join documentdb_api_catalog.collections c using (collection_id)
  where c.database_name = $1 and c.collection_name = $2 and (i.index_spec).index_name = $3`;

/**
 * Gives a duplicate-key error MongoDB's text and fields.
 * @param connection looks up the index; without one only the `_id` index has a pattern.
 * @param candidates documents that may hold the refused values, in the order in which they are believed.
 */
export async function describeDuplicate(
  command: Pick<Command, 'database' | 'collection'>,
  connection: PgConnection | undefined,
  message: string,
  candidates: readonly Document[],
): Promise<DuplicateKey> {
  const index = /Index '([^']+)'/i.exec(message)?.[1] ?? /index: (\S+)/.exec(message)?.[1];
  const namespace = `${command.database}.${command.collection}`;
  const errmsg = `E11000 duplicate key error collection: ${namespace} index: ${index ?? 'unknown'}`;
  const keyPattern = index === '_id_' ? { _id: 1 } : await lookUp(command, connection, index);
  if (!keyPattern) return { errmsg };
  const keyValue = valuesOf(keyPattern, candidates);
  return { errmsg: `${errmsg} dup key: ${JSON.stringify(keyValue)}`, keyPattern, keyValue };
}

async function lookUp(
  { database, collection }: Pick<Command, 'database' | 'collection'>,
  connection: PgConnection | undefined,
  index: string | undefined,
): Promise<Document | undefined> {
  if (!connection || index === undefined) return undefined;
  const rows = await connection.query(INDEX_KEY, [database, collection, index]).catch(() => []);
  const key = rows[0]?.[0];
  return key ? fromBson(key) : undefined;
}

function valuesOf(keyPattern: Document, candidates: readonly Document[]): Document {
  const values: Document = {};
  for (const path of Object.keys(keyPattern)) {
    const found = candidates.map((candidate) => valueAt(candidate, path)).find((value) => value !== undefined);
    if (found !== undefined) values[path] = found;
  }
  return values;
}

/** `$set` documents name nested fields by their path, others nest them. */
function valueAt(document: Document, path: string): unknown {
  if (path in document) return document[path];
  return path.split('.').reduce<unknown>((at, part) => (at as Document | undefined)?.[part], document);
}
