/**
 * The gateway as a process of its own: `main.ts --port N --postgres-port N [--host H] [--run-as UID:GID] …`.
 * It ends on SIGTERM and SIGINT, rolling open transactions back.
 */
import { parseArgs } from 'node:util';
import { createDocumentDbGateway } from './gateway.ts';

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '0' },
    'postgres-port': { type: 'string' },
    'postgres-user': { type: 'string', default: 'postgres' },
    'postgres-database': { type: 'string', default: 'postgres' },
    'pool-size': { type: 'string', default: '16' },
    'max-transactions': { type: 'string', default: '32' },
    topology: { type: 'string', default: 'mongos' },
    'run-as': { type: 'string' },
  },
});

const gateway = createDocumentDbGateway({
  host: values.host,
  port: Number(values.port),
  postgres: {
    port: Number(values['postgres-port'] ?? 5432),
    user: values['postgres-user'],
    database: values['postgres-database'],
  },
  poolSize: Number(values['pool-size']),
  maxTransactions: Number(values['max-transactions']),
  topology: values.topology === 'replset' ? 'replset' : 'mongos',
});

const stop = (): void => void gateway.close().then(() => process.exit(0));
process.once('SIGTERM', stop);
process.once('SIGINT', stop);

const { uri } = await gateway.listen();
// All modules are loaded and the port is open: nothing needs root from here on.
const [uid, gid] = values['run-as']?.split(':').map(Number) ?? [];
if (uid !== undefined && gid !== undefined) {
  process.setgroups?.([]);
  process.setgid?.(gid);
  process.setuid?.(uid);
}
process.stdout.write(`${new Date().toISOString()} listening on ${uri}\n`);
