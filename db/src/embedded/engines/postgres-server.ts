import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PgConnection } from '../../documentdb-gateway/pg-connection.ts';
import { runTool } from '../find-program.ts';
import { type ManagedProcess, type ProcessSpec, startManagedProcess } from '../managed-process.ts';
import { storeFolder } from '../placement.ts';
import { commandLine, identify, stopProcess } from '../process-identity.ts';
import type { EngineContext } from './engine.ts';

/** One PostgreSQL server: the plain one, or the one below DocumentDB. */
export interface PostgresServer {
  /** Names the data folder, the log and the process record. */
  readonly name: string;
  readonly port: number;
  readonly initdb: string;
  readonly postgres: string;
  readonly env: Readonly<Record<string, string>>;
  /** Server settings beyond the shared ones. */
  readonly settings: Readonly<Record<string, string>>;
}

/** The role every embedded server has; connections from loopback need no password. */
export const SUPERUSER = 'postgres';

/**
 * For tests: a crash of the machine may damage the data, a crash of the server may not. So synchronous_commit stays on:
 * without fsync it costs next to nothing, and tests that kill a server count on what it acknowledged.
 */
const FAST_SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
};

const SHARED_SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  timezone: 'UTC',
  log_timezone: 'UTC',
  shared_buffers: '128MB',
};

const PREDECESSOR_LIVES = /pre-existing shared memory block|lock file "postmaster.pid" already exists/;
const PREDECESSOR_PATIENCE_MS = 15_000;
const PREDECESSOR_PAUSE_MS = 100;

/** Creates the cluster if there is none, starts the server and waits until it answers. */
export async function startPostgresServer(server: PostgresServer, context: EngineContext): Promise<ManagedProcess> {
  const { placement, host } = context;
  const folder = storeFolder(placement, server.name);
  await stopStrayServer(folder);
  if (!existsSync(path.join(folder, 'PG_VERSION'))) await createCluster(server, folder, context);
  const settings = { ...SHARED_SETTINGS, ...(context.durable ? {} : FAST_SETTINGS), ...server.settings };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const spec: ProcessSpec = {
    name: server.name,
    command: server.postgres,
    args: ['-D', folder, '-p', String(server.port), ...args],
    env: serverEnv(server),
    cwd: '/',
    runAs: placement.runAs,
    logFile: path.join(placement.dataDir, 'logs', `${server.name}.log`),
    probe: () => probe(server.port),
    // Fast shutdown: clients are disconnected, work is rolled back, data is flushed.
    stopSignal: 'SIGINT',
  };
  return afterItsPredecessor(() => startManagedProcess(spec, host));
}

/** A killed server's own children notice its death within moments; until they are gone, its memory is in use. */
async function afterItsPredecessor<T>(launch: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + PREDECESSOR_PATIENCE_MS;
  for (;;) {
    try {
      return await launch();
    } catch (error) {
      const inUse = error instanceof Error && PREDECESSOR_LIVES.test(error.message);
      if (!inUse || Date.now() > deadline) throw error;
    }
    await delay(PREDECESSOR_PAUSE_MS);
  }
}

/** The server's version, such as "18.4". */
export async function serverVersion(port: number): Promise<string> {
  const connection = await PgConnection.connect({ port, user: SUPERUSER, database: 'postgres' });
  try {
    const [row] = await connection.query("select split_part(current_setting('server_version'), ' ', 1)");
    return row?.[0]?.toString() ?? 'unknown';
  } finally {
    connection.end();
  }
}

async function probe(port: number): Promise<void> {
  const connection = await PgConnection.connect({ port, user: SUPERUSER, database: 'postgres' });
  connection.end();
}

async function createCluster(server: PostgresServer, folder: string, context: EngineContext): Promise<void> {
  const { placement, host, durable } = context;
  await removeIncomplete(placement.storeRoot, server.name);
  // The pid in the name: an initdb whose launcher was killed may still be writing to the folder it was given.
  const building = storeFolder(placement, `${server.name}.incomplete-${process.pid}`);
  const args = ['-D', building, '-U', SUPERUSER, '-A', 'trust', '-E', 'UTF8'];
  args.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C');
  if (!durable) args.push('--no-sync');
  await host.reporter.step(`Creating the ${server.name} database cluster`, async () => {
    await runTool(server.initdb, args, { env: serverEnv(server), ...placement.runAs });
    // Renamed when complete: a launcher killed half way leaves no folder that looks like a cluster.
    await rm(folder, { recursive: true, force: true });
    await rename(building, folder);
  });
  chmodSync(folder, 0o700);
}

async function removeIncomplete(storeRoot: string, name: string): Promise<void> {
  for (const entry of await readdir(storeRoot)) {
    if (!entry.startsWith(`${name}.incomplete-`)) continue;
    await rm(path.join(storeRoot, entry), { recursive: true, force: true });
  }
}

/**
 * A server that lives on without a record (its launcher was killed between spawning and recording) is stopped. A live
 * server's postmaster.pid is never deleted; one whose pid now belongs to a stranger would make PostgreSQL refuse to
 * start, so that one is.
 */
async function stopStrayServer(folder: string): Promise<void> {
  const file = path.join(folder, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  const identity = Number.isInteger(pid) ? identify(pid) : undefined;
  if (!identity) return;
  if (commandLine(pid).includes(folder)) await stopProcess(identity);
  else await rm(file, { force: true });
}

function serverEnv(server: PostgresServer): Record<string, string> {
  return { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', ...server.env };
}
