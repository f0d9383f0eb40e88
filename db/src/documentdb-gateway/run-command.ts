import type { Document } from 'bson';
import { toBson } from './bson-peek.ts';
import type { Command, Execution, Handler, Reply } from './command.ts';
import type { PgConnection } from './pg-connection.ts';
import { isConflict } from './pg-error.ts';

/** How often a command outside transactions is tried when it meets a conflict: MongoDB retries those by itself. */
const MAX_ATTEMPTS = 5;

/** Runs a handler, starting over when it conflicts with a transaction; nothing of a failed attempt remains. */
export async function runWithRetries(command: Command, execution: Execution, handler: Handler): Promise<Reply> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await handler(command, execution);
    } catch (error) {
      if (!isConflict(error) || attempt >= MAX_ATTEMPTS) throw error;
    }
  }
}

/** Keeps the client's `maxTimeMS`: PostgreSQL cancels the statement, and the client is told code 50. */
export async function withTimeLimit<T>(command: Command, connection: PgConnection, work: () => Promise<T>): Promise<T> {
  const limit = Number(command.fields.get('maxTimeMS') ?? 0);
  if (!(limit > 0)) return work();
  try {
    // Not awaited one by one: all of it travels in one go.
    const [, result] = await Promise.all([connection.exec(`set statement_timeout = ${Math.ceil(limit)}`), work()]);
    return result;
  } finally {
    // In a failed transaction this fails too; the rollback then restores the setting.
    await connection.exec('reset statement_timeout').catch(() => undefined);
  }
}

export function encodeDocument(reply: Buffer | Document): Buffer {
  return Buffer.isBuffer(reply) ? reply : toBson(reply);
}
