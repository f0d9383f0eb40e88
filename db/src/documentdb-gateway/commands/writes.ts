import type { Document } from 'bson';
import { fromBson } from '../bson-peek.ts';
import { type Command, type Execution, firstRow, type Handler, isTrue, type Reply, required } from '../command.ts';
import { ErrorCode } from '../command-error.ts';
import { describeDuplicate } from '../duplicate-key.ts';
import { mongoCodeOfPacked } from '../error-codes.ts';
import { PgError, SERIALIZATION_FAILURE } from '../pg-error.ts';
import type { Param } from '../pg-protocol.ts';
import { forgetReply, rememberingCall } from '../retry-memory.ts';
import { isLostRace } from './upserts.ts';

interface WriteKind {
  /** The document sequence that carries the statements. */
  readonly field: string;
  readonly plain: string;
  readonly remembering: string;
}

function writeKind(functionName: string, field: string): WriteKind {
  const call = `documentdb_api.${functionName}($1, $2, $3)`;
  const columns = 'p_result, p_success';
  return { field, plain: `select ${columns} from ${call}`, remembering: rememberingCall(call, columns, 4) };
}

const KINDS: Readonly<Record<string, WriteKind>> = {
  insert: writeKind('insert', 'documents'),
  update: writeKind('update', 'updates'),
  delete: writeKind('delete', 'deletes'),
};

function writeCommand(kind: WriteKind): Handler {
  return async (command, execution) => {
    const { connection, retry } = execution;
    const params: Param[] = [command.database, command.body, statements(command, kind.field)];
    const rows = retry
      ? await connection.query(kind.remembering, [...params, retry.session, String(retry.number)])
      : await connection.query(kind.plain, params);
    const [reply, success] = firstRow(rows);
    return isTrue(success) ? required(reply) : presentFailures(command, required(reply), execution);
  };
}

/** The reply to an earlier attempt, as it was given then. */
export async function presentRemembered(command: Command, raw: Buffer, execution: Execution): Promise<Reply> {
  const failed = command.name in KINDS && fromBson(raw).writeErrors !== undefined;
  return failed ? presentFailures(command, raw, execution) : raw;
}

/** Gives write errors MongoDB's codes and the fields clients look at. */
async function presentFailures(command: Command, raw: Buffer, execution: Execution): Promise<Document> {
  const reply = fromBson(raw);
  const errors = (reply.writeErrors ?? []) as Document[];
  for (const error of errors) Object.assign(error, await presentFailure(command, execution, error));
  const conflict = errors.find((error) => error.code === ErrorCode.WriteConflict || lostRace(command, error));
  const untouched = Number(reply.n ?? 0) === 0;
  if (conflict && (execution.atomic || untouched)) {
    // Whoever runs the command may start over: forget this attempt, as nothing was written by it.
    if (execution.retry && !execution.atomic) await forgetReply(execution.connection, execution.retry);
    throw new PgError(SERIALIZATION_FAILURE, String(conflict.errmsg));
  }
  return reply;
}

async function presentFailure(command: Command, execution: Execution, error: Document): Promise<Document> {
  const [code, codeName] = mongoCodeOfPacked(Number(error.code));
  if (code !== ErrorCode.DuplicateKey) return { code, codeName, errmsg: error.errmsg };
  const candidates = statementDocuments(command, Number(error.index ?? 0));
  return { code, codeName, ...(await describeDuplicate(command, execution.lookUp, error.errmsg, candidates)) };
}

/** Whether an upsert was refused only because another one came first. */
function lostRace(command: Command, error: Document): boolean {
  if (command.name !== 'update' || error.code !== ErrorCode.DuplicateKey) return false;
  const statement = statementAt(command, Number(error.index ?? 0));
  return Boolean(statement?.upsert) && isLostRace({ query: statement?.q, update: statement?.u }, error.keyPattern);
}

function statements(command: Command, field: string): Buffer | null {
  return command.message.sequences.find((sequence) => sequence.field === field)?.documents ?? null;
}

/** The failed statement and the values it would have written, most telling first. */
function statementDocuments(command: Command, index: number): Document[] {
  const statement = statementAt(command, index);
  if (!statement) return [];
  return command.name === 'update' ? writtenBy(statement.u, statement.q) : [statement];
}

function statementAt(command: Command, index: number): Document | undefined {
  const field = KINDS[command.name]?.field;
  if (!field) return undefined;
  const sequence = statements(command, field);
  return sequence ? splitDocuments(sequence)[index] : ((fromBson(command.body)[field] ?? []) as Document[])[index];
}

/** The documents an update takes its values from. */
export function writtenBy(update: unknown, query: unknown): Document[] {
  if (!update || typeof update !== 'object' || Array.isArray(update)) return [];
  const { $set, $setOnInsert } = update as Document;
  return [$set, $setOnInsert, update, query].filter(
    (part): part is Document => part !== null && typeof part === 'object',
  );
}

function splitDocuments(sequence: Buffer): Document[] {
  const documents: Document[] = [];
  for (let at = 0; at < sequence.length; ) {
    const size = sequence.readInt32LE(at);
    documents.push(fromBson(sequence.subarray(at, at + size)));
    at += size;
  }
  return documents;
}

/** Writing many documents in one command. */
export const writeCommands: Readonly<Record<string, Handler>> = Object.fromEntries(
  Object.entries(KINDS).map(([name, kind]) => [name, writeCommand(kind)]),
);
