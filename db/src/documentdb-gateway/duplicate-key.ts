import type { Document } from 'bson';
import { fromBson } from './bson-peek.ts';
import type { Command, Execution } from './command.ts';

/** What MongoDB tells about a duplicate key. */
export interface DuplicateKey {
  readonly errmsg: string;
  readonly keyPattern?: Document;
  readonly keyValue?: Document;
}

const INDEX_KEY = `select (i.index_spec).index_key::bytea, (i.index_spec).index_name
  from documentdb_api_catalog.collection_indexes i
  join documentdb_api_catalog.collections c using (collection_id)
  where c.database_name = $1 and c.collection_name = $2
    and ((i.index_spec).index_name = $3 or 'documents_rum_index_' || i.index_id = $3)`;

/** How DocumentDB, and PostgreSQL itself, name the index in their messages. */
const INDEX_IN_MESSAGE = [/Index '([^']+)'/i, /index: (\S+)/, /constraint "([^"]+)"/];

/**
 * Gives a duplicate-key error MongoDB's text and fields.
 * @param lookUp asks the catalog about the index.
 * @param candidates documents that may hold the refused values, in the order in which they are believed.
 */
export async function describeDuplicate(
  command: Pick<Command, 'database' | 'collection'>,
  lookUp: Execution['lookUp'],
  message: string,
  candidates: readonly Document[],
): Promise<DuplicateKey> {
  const named = INDEX_IN_MESSAGE.map((pattern) => pattern.exec(message)?.[1]).find((name) => name !== undefined);
  const { index, keyPattern } = await findIndex(command, lookUp, named);
  const namespace = `${command.database}.${command.collection}`;
  const errmsg = `E11000 duplicate key error collection: ${namespace} index: ${index}`;
  if (!keyPattern) return { errmsg };
  const keyValue = valuesOf(keyPattern, candidates);
  return { errmsg: `${errmsg} dup key: ${JSON.stringify(keyValue)}`, keyPattern, keyValue };
}

async function findIndex(
  { database, collection }: Pick<Command, 'database' | 'collection'>,
  lookUp: Execution['lookUp'],
  named: string | undefined,
): Promise<{ index: string; keyPattern?: Document }> {
  if (named === undefined) return { index: 'unknown' };
  if (named === '_id_' || named.startsWith('collection_pk')) return { index: '_id_', keyPattern: { _id: 1 } };
  const params = [database, collection, named];
  const [row] = await lookUp((connection) => connection.query(INDEX_KEY, params)).catch(() => []);
  const [key, name] = row ?? [];
  return { index: name?.toString() ?? named, ...(key ? { keyPattern: fromBson(key) } : {}) };
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
