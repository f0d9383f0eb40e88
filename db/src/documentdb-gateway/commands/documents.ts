import { type Command, firstRow, type Handler } from '../command.ts';
import type { Param } from '../pg-protocol.ts';

/** Commands whose whole reply is one document made by one function. */
export function documentCommand(
  sql: string,
  params: (command: Command) => Param[] = ({ database, body }) => [database, body],
): Handler {
  return async (command, { connection }) => {
    const [reply] = firstRow(await connection.query(sql, params(command)));
    return reply ?? { ok: 1 };
  };
}

/** Parameters of functions that take the command only. */
export const bodyOnly = ({ body }: Command): Param[] => [body];
