import type { Command, Handler } from '../command.ts';
import { administrationCommands } from './administration.ts';
import { collectionCommands } from './collections.ts';
import { cursorCommands } from './cursors.ts';
import { explainCommands } from './explain.ts';
import { findAndModifyCommands } from './find-and-modify.ts';
import { indexCommands } from './indexes.ts';
import { writeCommands } from './writes.ts';

const HANDLERS: ReadonlyMap<string, Handler> = new Map([
  ...[
    administrationCommands,
    collectionCommands,
    cursorCommands,
    explainCommands,
    findAndModifyCommands,
    indexCommands,
    writeCommands,
  ].flatMap((family) => Object.entries(family)),
  ['buildinfo', administrationCommands.buildInfo as Handler],
]);

/** Commands that carry a transaction number outside transactions, and whose reply is then remembered. */
const RETRYABLE: ReadonlySet<string> = new Set(['insert', 'update', 'delete', 'findAndModify']);

/** MongoDB refuses them in transactions; createIndexes also because its builds commit by themselves here. */
const NOT_IN_TRANSACTIONS: ReadonlySet<string> = new Set([
  'collMod',
  'createIndexes',
  'drop',
  'dropDatabase',
  'dropIndexes',
  'explain',
  'listCollections',
  'listDatabases',
  'listIndexes',
  'renameCollection',
]);

/** Who carries out a command; undefined when nobody does. */
export function handlerOf(command: Command): Handler | undefined {
  return HANDLERS.get(command.name);
}

export function isRetryable(command: Command): boolean {
  return RETRYABLE.has(command.name);
}

export function isAllowedInTransactions(command: Command): boolean {
  return !NOT_IN_TRANSACTIONS.has(command.name);
}
