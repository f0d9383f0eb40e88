import { type SQL, sql } from 'drizzle-orm';

const QUERY_NAME = /^[A-Za-z][A-Za-z0-9.]*$/;

/**
 * Marks a condition with the name of its query, for example `auth.usersById`, as a comment that reaches the server: a
 * line of the slow log then points at a line of ours.
 */
export function named(name: string, condition: SQL | undefined): SQL {
  if (!QUERY_NAME.test(name)) throw new Error(`"${name}" can't be the name of a query`);
  return sql`/* ${sql.raw(name)} */ ${condition ?? sql`true`}`;
}
