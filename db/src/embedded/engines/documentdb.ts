import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { probeGateway } from '../../documentdb-gateway/index.ts';
import { EmbeddedStoreError, useOwnServer } from '../errors.ts';
import { whyNoDebianPackages } from '../install/debian-packages.ts';
import { type DocumentDbPrograms, installDocumentDb } from '../install/install-documentdb.ts';
import { type ManagedProcess, startManagedProcess } from '../managed-process.ts';
import type { EngineContext, RunningEngine } from './engine.ts';
import { SUPERUSER, startPostgresServer } from './postgres-server.ts';

const GATEWAY_PROGRAM = fileURLToPath(new URL('../../documentdb-gateway/main.ts', import.meta.url));

/** The server settings DocumentDB needs; what a connection needs is set by the gateway. */
const SETTINGS = {
  shared_preload_libraries: 'pg_cron,pg_documentdb_core,pg_documentdb,pg_documentdb_extended_rum',
  'cron.use_background_workers': 'on',
  'cron.log_run': 'off',
  'cron.log_statement': 'off',
};

/** Starts DocumentDB (a PostgreSQL server of its own) and, in front of it, the gateway that speaks MongoDB's protocol. */
export async function startDocumentDb(context: EngineContext, why: string): Promise<RunningEngine> {
  const programs = await install(context);
  const serverPort = await context.ports.claim('mongodb', 'documentdb');
  const port = await context.ports.claim('mongodb', 'mongodb', context.fixedPorts.mongodb);
  const server = await startPostgresServer(
    { name: 'documentdb', port: serverPort, ...programs, settings: SETTINGS },
    context,
  );
  const gateway = await startGateway(context, port, serverPort);
  return {
    url: `mongodb://127.0.0.1:${port}/`,
    engine: `DocumentDB ${programs.version} on PostgreSQL 18, behind the PostBook gateway (embedded)`,
    why,
    processes: [gateway, server],
  };
}

async function install({ config, host }: EngineContext): Promise<DocumentDbPrograms> {
  const obstacle = whyNoDebianPackages(config.path);
  const remedy = `install mongod so that it is on PATH, or ${useOwnServer('mongodb')}`;
  if (obstacle) throw new EmbeddedStoreError('mongodb', `DocumentDB cannot be fetched: ${obstacle}.`, { remedy });
  try {
    return await installDocumentDb(config, host.reporter);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EmbeddedStoreError('mongodb', `DocumentDB could not be installed: ${reason}`, { remedy, cause });
  }
}

/** A process of its own, so that it can fail and come back alone. Gives up root once it listens. */
function startGateway(context: EngineContext, port: number, serverPort: number): Promise<ManagedProcess> {
  const { placement, host } = context;
  const args = [GATEWAY_PROGRAM, '--port', String(port), '--postgres-port', String(serverPort)];
  args.push('--postgres-user', SUPERUSER);
  if (placement.runAs) args.push('--run-as', `${placement.runAs.uid}:${placement.runAs.gid}`);
  return startManagedProcess(
    {
      name: 'documentdb-gateway',
      command: process.execPath,
      args: ['--disable-warning=ExperimentalWarning', ...args],
      env: { PATH: '/usr/bin:/bin' },
      cwd: '/',
      logFile: path.join(placement.dataDir, 'logs', 'documentdb-gateway.log'),
      probe: () => probeGateway(port),
      stopSignal: 'SIGTERM',
      isFrontEnd: true,
    },
    host,
  );
}
