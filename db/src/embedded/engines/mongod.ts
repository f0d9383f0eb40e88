import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { runTool } from '../find-program.ts';
import { startManagedProcess } from '../managed-process.ts';
import { storeFolder } from '../placement.ts';
import type { EngineContext, RunningEngine } from './engine.ts';

const REPLICA_SET = 'rs0';
const ELECTION_TIMEOUT_MS = 30_000;

/** Starts a real mongod as a replica set of one member, which transactions and change streams need. */
export async function startMongod(context: EngineContext, command: string, why: string): Promise<RunningEngine> {
  const port = await context.ports.claim('mongodb', 'mongodb', context.fixedPorts.mongodb);
  const { placement } = context;
  const args = ['--dbpath', '.', '--port', String(port), '--bind_ip', '127.0.0.1', '--replSet', REPLICA_SET, '--quiet'];
  const server = await startManagedProcess(
    {
      name: 'mongod',
      command,
      args,
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
      cwd: storeFolder(placement, 'mongod'),
      runAs: placement.runAs,
      logFile: path.join(placement.dataDir, 'logs', 'mongod.log'),
      probe: () => ensurePrimary(port),
      stopSignal: 'SIGTERM',
    },
    context.host,
  );
  const version = /v([\d.]+)/.exec(await runTool(command, ['--version']))?.[1] ?? '';
  return {
    url: `mongodb://127.0.0.1:${port}/?replicaSet=${REPLICA_SET}`,
    engine: `MongoDB ${version} (embedded)`,
    why,
    processes: [server],
  };
}

/** Initiates the set at the first start; names the member anew when its port has changed. */
async function ensurePrimary(port: number): Promise<void> {
  const host = `127.0.0.1:${port}`;
  const client = new MongoClient(`mongodb://${host}/?directConnection=true`, { serverSelectionTimeoutMS: 2_000 });
  try {
    await client.connect();
    const admin = client.db('admin');
    const found = await admin.command({ replSetGetConfig: 1 }).catch(() => undefined);
    if (!found) {
      await admin.command({ replSetInitiate: { _id: REPLICA_SET, members: [{ _id: 0, host }] } });
    } else if (found.config.members[0].host !== host) {
      const config = { ...found.config, version: found.config.version + 1, members: [{ _id: 0, host }] };
      await admin.command({ replSetReconfig: config, force: true });
    }
    const deadline = Date.now() + ELECTION_TIMEOUT_MS;
    while (!(await admin.command({ hello: 1 })).isWritablePrimary) {
      if (Date.now() > deadline) throw new Error('the replica set elected no primary');
      await delay(50);
    }
  } finally {
    await client.close();
  }
}
