import type { Document } from 'bson';
import { fromBson } from '../bson-peek.ts';
import { firstRow, type Handler } from '../command.ts';
import { CommandError, ErrorCode } from '../command-error.ts';

/** Command → the query function whose plan tells how it would be answered. */
const QUERY_FUNCTION: Readonly<Record<string, string>> = {
  find: 'find',
  aggregate: 'pipeline',
  count: 'count',
  distinct: 'distinct',
  update: 'update',
  delete: 'delete',
  findAndModify: 'find_and_modify',
};

const INDEX_NAMES = `select 'documents_rum_index_' || index_id, (index_spec).index_name
  from documentdb_api_catalog.collection_indexes`;

/** PostgreSQL's node types in MongoDB's words; others are told in capitals. */
const STAGE: Readonly<Record<string, string>> = {
  'Seq Scan': 'COLLSCAN',
  Sort: 'SORT',
  'Incremental Sort': 'SORT',
  Limit: 'LIMIT',
  'Merge Append': 'SORT_MERGE',
};

/** MongoDB's shape of an explanation, made of PostgreSQL's; PostgreSQL's own is under `postgres`. */
const explain: Handler = async (command, { connection }) => {
  const inner = command.fields.get('explain');
  if (!Buffer.isBuffer(inner)) throw new CommandError(ErrorCode.FailedToParse, 'explain takes a command');
  const explained = fromBson(inner);
  const [name = ''] = Object.keys(explained);
  const query = QUERY_FUNCTION[name];
  if (!query) throw new CommandError(ErrorCode.CommandNotFound, `explain does not support ${name}`);
  const executed = command.fields.get('verbosity') !== 'queryPlanner';
  const sql = `explain (format json, analyze ${executed})
    select document from documentdb_api_catalog.bson_aggregation_${query}($1, $2)`;
  const [json] = firstRow(await connection.query(sql, [command.database, inner]));
  const [top] = JSON.parse(json?.toString() ?? '[]') as [Document];
  const names = new Map((await connection.query(INDEX_NAMES)).map(([key, value]) => [String(key), String(value)]));
  const totals = { keys: 0, documents: 0 };
  const winningPlan = describe(top.Plan, names, executed, totals);
  return {
    queryPlanner: { namespace: `${command.database}.${explained[name]}`, winningPlan, rejectedPlans: [] },
    ...(executed ? { executionStats: executionStats(top, winningPlan, totals) } : {}),
    postgres: top,
    ok: 1,
  };
};

function executionStats(top: Document, winningPlan: Document, totals: { keys: number; documents: number }): Document {
  return {
    executionSuccess: true,
    nReturned: top.Plan['Actual Rows'] ?? 0,
    executionTimeMillis: Math.round(top['Execution Time'] ?? 0),
    totalKeysExamined: totals.keys,
    totalDocsExamined: totals.documents,
    executionStages: winningPlan,
  };
}

function describe(
  node: Document,
  names: ReadonlyMap<string, string>,
  executed: boolean,
  totals: { keys: number; documents: number },
): Document {
  const type = String(node['Node Type']);
  const children = ((node.Plans ?? []) as Document[]).map((child) => describe(child, names, executed, totals));
  const indexName = indexOf(node, names);
  const rows = (node['Actual Rows'] ?? 0) * (node['Actual Loops'] ?? 1);
  if (type.endsWith('Scan') && !node.Plans) {
    totals.documents += rows + (node['Rows Removed by Filter'] ?? 0);
    if (indexName) totals.keys += rows;
  }
  return {
    stage: stageOf(type, indexName),
    ...(indexName ? { indexName } : {}),
    ...(node['Custom Plan Provider'] ? { provider: node['Custom Plan Provider'] } : {}),
    ...(executed ? { nReturned: rows } : {}),
    ...(children[0] ? { inputStage: children[0] } : {}),
    ...(children.length > 1 ? { inputStages: children } : {}),
  };
}

function stageOf(type: string, indexName: string | undefined): string {
  if (indexName) return type.startsWith('Bitmap') ? 'IXSCAN_BITMAP' : 'IXSCAN';
  return STAGE[type] ?? type.toUpperCase().replaceAll(' ', '_');
}

function indexOf(node: Document, names: ReadonlyMap<string, string>): string | undefined {
  const raw: string | undefined = node['Index Name'];
  if (raw === undefined) return undefined;
  return raw.startsWith('collection_pk') ? '_id_' : (names.get(raw) ?? raw);
}

/** Telling how a query is answered. */
export const explainCommands: Readonly<Record<string, Handler>> = { explain };
