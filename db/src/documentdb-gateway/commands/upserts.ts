import { type Document, serialize } from 'bson';
import { peek } from '../bson-peek.ts';
import type { Command } from '../command.ts';

const UPSERT_FIELD = Buffer.from('upsert\0');

/**
 * Whether a command may insert a document that it does not find. The statements are searched, not decoded, so data with
 * a field of that name counts too; all that costs is a stricter isolation.
 */
export function mayUpsert({ name, body, fields, message }: Command): boolean {
  if (name === 'findAndModify' || name === 'findandmodify') return isTruthy(fields.get('upsert'));
  if (name !== 'update') return false;
  return [body, ...message.sequences.map(({ documents }) => documents)].some((bytes) => bytes.includes(UPSERT_FIELD));
}

/** The raw filter of the command's first statement. */
export function firstFilter({ fields, message }: Command): Buffer | undefined {
  const sequence = message.sequences.find(({ field }) => field === 'updates')?.documents;
  const statement = sequence ? sequence.subarray(0, sequence.readInt32LE(0)) : within(fields.get('updates'), '0');
  return statement ? within(statement, 'q') : within(message.body, 'query');
}

/** Whether the reply to an update or a findAndModify says that a document was inserted. */
export function claimsInsert(reply: Document): boolean {
  return reply.upserted !== undefined || reply.lastErrorObject?.upserted !== undefined;
}

/** One upsert: the filter and the change. */
export interface Upsert {
  readonly query: unknown;
  readonly update: unknown;
}

/**
 * Whether a duplicate key refused an upsert only because somebody else has just inserted the document it looked for:
 * run again, it finds that document. That is so when the filter is equality on exactly the index's fields and the
 * document to be inserted has these values. Anything else would fail again.
 */
export function isLostRace({ query, update }: Upsert, keyPattern: Document | undefined): boolean {
  if (!keyPattern) return false;
  const equalities = equalitiesOf(query);
  const paths = Object.keys(keyPattern);
  if (equalities?.size !== paths.length) return false;
  return paths.every((path) => equalities.has(path) && keepsValue(update, path, equalities.get(path)));
}

/** The values a filter asks for by path; undefined when it asks for anything but equality. */
function equalitiesOf(query: unknown): Map<string, unknown> | undefined {
  if (!isDocument(query)) return undefined;
  const found = new Map<string, unknown>();
  for (const [path, condition] of Object.entries(query)) {
    if (path === '$and' && Array.isArray(condition)) {
      for (const part of condition.map(equalitiesOf)) {
        if (!part) return undefined;
        for (const [inner, value] of part) found.set(inner, value);
      }
    } else if (path.startsWith('$') || condition instanceof RegExp) return undefined;
    else if (isDocument(condition) && Object.keys(condition).some((key) => key.startsWith('$'))) {
      if (Object.keys(condition).join() !== '$eq') return undefined;
      found.set(path, condition.$eq);
    } else found.set(path, condition);
  }
  return found;
}

/** Whether the document that an upsert inserts has at `path` the value that its filter asked for. */
function keepsValue(update: unknown, path: string, value: unknown): boolean {
  if (Array.isArray(update)) return update.every((stage) => isDocument(stage) && modifiersKeep(stage, path, value));
  if (!isDocument(update)) return false;
  const isReplacement = !Object.keys(update).some((key) => key.startsWith('$'));
  if (!isReplacement) return modifiersKeep(update, path, value);
  if (path === '_id' && update._id === undefined) return true;
  return sameValue(valueAt(update, path), value);
}

const SETTING: ReadonlySet<string> = new Set(['$set', '$setOnInsert', '$addFields']);
/** Stages that make a document anew: what becomes of a field can't be told from its name. */
const REMAKING: ReadonlySet<string> = new Set(['$replaceWith', '$replaceRoot', '$project']);

function modifiersKeep(modifiers: Document, path: string, value: unknown): boolean {
  return Object.entries(modifiers).every(([modifier, fields]) => {
    if (REMAKING.has(modifier)) return false;
    if (SETTING.has(modifier) && isDocument(fields) && path in fields) return sameValue(fields[path], value);
    return !namedBy(modifier, fields).some((name) => overlaps(name, path));
  });
}

function namedBy(modifier: string, fields: unknown): string[] {
  if (typeof fields === 'string') return [fields];
  if (Array.isArray(fields)) return fields.map(String);
  if (!isDocument(fields)) return [];
  return modifier === '$rename' ? [...Object.keys(fields), ...Object.values(fields)] : Object.keys(fields);
}

function overlaps(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}.`) || other.startsWith(`${one}.`);
}

function valueAt(document: Document, path: string): unknown {
  return path.split('.').reduce<unknown>((at, part) => (isDocument(at) ? at[part] : undefined), document);
}

function sameValue(one: unknown, other: unknown): boolean {
  return Buffer.from(serialize({ value: one })).equals(serialize({ value: other }));
}

function within(document: unknown, name: string): Buffer | undefined {
  const value = Buffer.isBuffer(document) ? peek(document).get(name) : undefined;
  return Buffer.isBuffer(value) ? value : undefined;
}

/** A document, as opposed to a value of one of BSON's own types such as ObjectId or Date. */
function isDocument(value: unknown): value is Document {
  return value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;
}

function isTruthy(value: unknown): boolean {
  return value === true || (typeof value === 'number' && value !== 0) || (typeof value === 'bigint' && value !== 0n);
}
