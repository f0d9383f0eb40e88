import { PgConnection, type PgOptions } from './pg-connection.ts';
import { RETRY_MEMORY_SCHEMA } from './retry-memory.ts';

/** How often expired documents are deleted; DocumentDB's own default is a minute. */
const TTL_SCHEDULE = '5 seconds';

/** Two gateways may start at once on one server: one prepares, the other waits. */
const PREPARE_LOCK = 7_016_996;

/**
 * Brings a server to where the gateway needs it: the extensions, quick deletion of expired documents, no background
 * index builds, and the memory of retries. Does nothing on a server that is prepared.
 */
export async function prepareDatabase(target: PgOptions): Promise<void> {
  const connection = await PgConnection.connect(target);
  try {
    await connection.exec('begin');
    await connection.exec(`select pg_advisory_xact_lock(${PREPARE_LOCK})`);
    await connection.exec('set local client_min_messages = error');
    await connection.exec('create extension if not exists documentdb cascade');
    await connection.exec('create extension if not exists documentdb_extended_rum');
    // The gateway drives index builds itself; a job doing it too would build after createIndexes has answered.
    await connection.exec("select cron.unschedule(jobid) from cron.job where jobname like 'documentdb_index_build%'");
    await connection.exec(
      `select cron.alter_job(jobid, schedule => '${TTL_SCHEDULE}') from cron.job
       where jobname like 'documentdb_ttl%' and schedule <> '${TTL_SCHEDULE}'`,
    );
    await connection.exec(RETRY_MEMORY_SCHEMA);
    await connection.exec('commit');
  } finally {
    connection.end();
  }
}
