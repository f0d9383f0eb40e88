import { sql } from 'drizzle-orm/sql';
import type { SqlExecutor } from '../outbox/postgres-outbox-repository.ts';
import type { Inbox, InboxRepository } from './inbox.ts';

/** The table and index that `db/` must create in every database with an inbox. */
export const POSTGRES_INBOX_DDL = `
  create table if not exists inbox (
    consumer text not null,
    event_id uuid not null,
    received_at timestamptz not null default now(),
    primary key (consumer, event_id)
  );
  -- Serves the purge.
  create index if not exists inbox_received on inbox (received_at);
`;

/** The inbox of a PostgreSQL database: table `inbox` of {@link POSTGRES_INBOX_DDL}. */
export function createPostgresInboxRepository(db: SqlExecutor): Inbox<SqlExecutor> & InboxRepository {
  return {
    async record(tx, consumer, eventIds) {
      const rows = (await tx.execute(sql`/* inbox.record */
        insert into inbox (consumer, event_id)
        select ${consumer}, event_id::uuid from jsonb_array_elements_text(${JSON.stringify(eventIds)}::jsonb) event_id
        on conflict do nothing returning event_id`)) as unknown as readonly { event_id: string }[];
      return new Set(rows.map(({ event_id }) => event_id));
    },

    async purge(before, limit) {
      const result = (await db.execute(sql`/* inbox.purge */
        delete from inbox where (consumer, event_id) in (
          select consumer, event_id from inbox
          where received_at < ${before.toISOString()}::timestamptz limit ${limit})`)) as { count?: number };
      return Number(result.count ?? 0);
    },
  };
}
