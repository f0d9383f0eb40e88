import type { Handler } from '../command.ts';
import { CommandError, ErrorCode } from '../command-error.ts';
import { bodyOnly, documentCommand } from './documents.ts';

/** The MongoDB whose behaviour is claimed; drivers and tools look at it. */
const VERSION = '7.0.0';
const MIB = 1_048_576;

/** What is true here without doing anything. */
const nothingToDo: Handler = async () => ({ ok: 1 });

const replSetGetStatus: Handler = async () => {
  throw new CommandError(ErrorCode.CommandNotSupported, 'this deployment has no replica set');
};

const serverStatus: Handler = async () => ({
  version: VERSION,
  process: 'documentdb-gateway',
  pid: process.pid,
  uptime: process.uptime(),
  mem: { resident: Math.round(process.memoryUsage.rss() / MIB) },
  ok: 1,
});

/** Asking about and caring for the server. */
export const administrationCommands: Readonly<Record<string, Handler>> = {
  ping: nothingToDo,
  endSessions: nothingToDo,
  killSessions: nothingToDo,
  refreshSessions: nothingToDo,
  fsync: nothingToDo,
  currentOp: documentCommand('select document from documentdb_api.current_op_command($1)', bodyOnly),
  killOp: documentCommand('select documentdb_api.kill_op($1)', bodyOnly),
  connectionStatus: documentCommand('select documentdb_api.connection_status($1)', bodyOnly),
  buildInfo: async () => ({
    version: VERSION,
    versionArray: [7, 0, 0, 0],
    gitVersion: 'documentdb-gateway',
    modules: [],
    bits: 64,
    debug: false,
    maxBsonObjectSize: 16 * MIB,
    ok: 1,
  }),
  getParameter: async () => ({ featureCompatibilityVersion: { version: '7.0' }, ok: 1 }),
  getCmdLineOpts: async () => ({ argv: [], parsed: {}, ok: 1 }),
  getLog: async () => ({ log: [], totalLinesWritten: 0, ok: 1 }),
  hostInfo: async () => ({ system: {}, os: {}, extra: {}, ok: 1 }),
  replSetGetStatus,
  serverStatus,
};
