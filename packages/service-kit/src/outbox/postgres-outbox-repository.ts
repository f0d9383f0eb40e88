import { type SQL, sql } from 'drizzle-orm/sql';
import type { Outbox, OutboxRepository } from './outbox.ts';

/** What runs SQL: a Drizzle database over postgres.js, or one of its transactions. */
export interface SqlExecutor {
  execute(query: SQL): PromiseLike<unknown>;
}

/** The tables and indexes that `db/` must create in every database with an outbox. */
export const POSTGRES_OUTBOX_DDL = `
  create table if not exists outbox (
    id bigint generated always as identity primary key,
    event_id uuid not null unique,
    event jsonb not null,
    appended_at timestamptz not null default now(),
    published_at timestamptz
  );
  -- Serves the relay: what is unpublished, in order.
  create index if not exists outbox_unpublished on outbox (id) where published_at is null;
  -- Serves the purge and publishing again.
  create index if not exists outbox_appended on outbox (appended_at);
  create table if not exists outbox_relay (
    id text primary key,
    owner text,
    until timestamptz not null,
    epoch text,
    incarnation text
  );
`;

const rowsOf = async <Row>(result: PromiseLike<unknown>): Promise<Row[]> => (await result) as Row[];

/** The number of rows a statement changed, as postgres.js reports it. */
const countOf = async (result: PromiseLike<unknown>): Promise<number> =>
  Number(((await result) as { count?: number }).count ?? 0);

const uuidArray = (ids: readonly string[]): SQL =>
  sql`array[${sql.join(
    ids.map((id) => sql`${id}`),
    sql`, `,
  )}]::uuid[]`;

/** The outbox of a PostgreSQL database: tables `outbox` and `outbox_relay` of {@link POSTGRES_OUTBOX_DDL}. */
export function createPostgresOutboxRepository(db: SqlExecutor): Outbox<SqlExecutor> & OutboxRepository {
  return {
    async append(tx, events) {
      if (events.length === 0) return;
      const values = events.map((event) => sql`(${event.eventId}::uuid, ${JSON.stringify(event)}::text::jsonb)`);
      await tx.execute(
        sql`/* outbox.append */ insert into outbox (event_id, event) values ${sql.join(values, sql`, `)}`,
      );
    },

    async holdLease(owner, forMs) {
      const rows = await rowsOf(
        db.execute(sql`/* outbox.holdLease */
          insert into outbox_relay as held (id, owner, until)
          values ('relay', ${owner}, now() + ${forMs} * interval '1 millisecond')
          on conflict (id) do update set owner = excluded.owner, until = excluded.until
          where held.owner is null or held.owner = excluded.owner or held.until < now()
          returning 1`),
      );
      return rows.length > 0;
    },

    async releaseLease(owner) {
      await db.execute(
        sql`/* outbox.releaseLease */ update outbox_relay set owner = null where id = 'relay' and owner = ${owner}`,
      );
    },

    async unpublished(limit) {
      const rows = await rowsOf<{ event_id: string; event: unknown }>(
        db.execute(sql`/* outbox.unpublished */
          select event_id, event from outbox where published_at is null order by id limit ${limit}`),
      );
      return rows.map(({ event_id, event }) => ({
        eventId: event_id,
        body: typeof event === 'string' ? (JSON.parse(event) as unknown) : event,
      }));
    },

    async markPublished(eventIds) {
      if (eventIds.length === 0) return;
      await db.execute(sql`/* outbox.markPublished */
        update outbox set published_at = now() where event_id = any(${uuidArray(eventIds)})`);
    },

    async busMemory() {
      const [row] = await rowsOf<{ epoch: string | null; incarnation: string | null }>(
        db.execute(sql`/* outbox.busMemory */ select epoch, incarnation from outbox_relay where id = 'relay'`),
      );
      return { epoch: row?.epoch ?? null, incarnation: row?.incarnation ?? null };
    },

    async recordBus({ epoch, incarnation }) {
      await db.execute(sql`/* outbox.recordBus */
        update outbox_relay set epoch = ${epoch}, incarnation = ${incarnation} where id = 'relay'`);
    },

    republishSince: (since) =>
      countOf(
        db.execute(sql`/* outbox.republishSince */
          update outbox set published_at = null
          where appended_at >= ${since.toISOString()}::timestamptz and published_at is not null`),
      ),

    purgePublished: (before, limit) =>
      countOf(
        db.execute(sql`/* outbox.purgePublished */
          delete from outbox where id in (
            select id from outbox
            where appended_at < ${before.toISOString()}::timestamptz and published_at is not null
            order by appended_at limit ${limit})`),
      ),

    async backlog() {
      const [row] = await rowsOf<{ pending: string; oldest: Date | string | null }>(
        db.execute(sql`/* outbox.backlog */
          select count(*) as pending, min(appended_at) as oldest from outbox where published_at is null`),
      );
      return { pending: Number(row?.pending ?? 0), oldest: row?.oldest ? new Date(row.oldest) : null };
    },
  };
}
