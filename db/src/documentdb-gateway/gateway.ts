import { once } from 'node:events';
import net from 'node:net';
import { serveClient } from './client-connection.ts';
import { deletePersistedCursors } from './commands/cursors.ts';
import { CursorTable } from './cursor-table.ts';
import { Dispatcher } from './dispatcher.ts';
import { hello, isHello } from './hello.ts';
import { type GatewayOptions, type ResolvedGatewayOptions, resolveOptions } from './options.ts';
import { PgPool } from './pg-pool.ts';
import { COMMAND_SETTINGS, transactionSettings } from './pg-settings.ts';
import { prepareDatabase } from './prepare-database.ts';
import { cleanRetryMemory } from './retry-memory.ts';
import { Transactions } from './transactions.ts';

/** A front end that speaks MongoDB's wire protocol and has DocumentDB do the work. */
export interface DocumentDbGateway {
  /**
   * Prepares the PostgreSQL server, then listens.
   * @returns where clients connect.
   * @throws PgError when the server cannot be reached or lacks DocumentDB; Error when the port is taken.
   */
  listen(): Promise<{ port: number; uri: string }>;
  /** Disconnects clients, rolls open transactions back, closes connections. Idempotent. */
  close(): Promise<void>;
}

const SWEEP_INTERVAL_MS = 1_000;
const CLEAN_INTERVAL_MS = 60_000;

/** @throws RangeError when asked to listen beyond loopback. */
export function createDocumentDbGateway(options: GatewayOptions): DocumentDbGateway {
  const resolved = resolveOptions(options);
  const parts = createParts(resolved);
  const server = createServer(resolved, parts);
  let timers: NodeJS.Timeout[] = [];
  let closing: Promise<void> | undefined;

  const close = async (): Promise<void> => {
    for (const timer of timers) clearInterval(timer);
    server.close();
    for (const socket of parts.sockets) socket.destroy();
    await parts.transactions.abortAll();
    parts.commandPool.end();
    parts.transactionPool.end();
  };

  return {
    async listen() {
      await prepareDatabase(resolved.postgres);
      server.listen(resolved.port, resolved.host);
      await once(server, 'listening');
      timers = startHousekeeping(resolved, parts);
      const { port } = server.address() as net.AddressInfo;
      return { port, uri: `mongodb://${resolved.host}:${port}/` };
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

interface Parts {
  readonly commandPool: PgPool;
  readonly transactionPool: PgPool;
  readonly cursors: CursorTable;
  readonly transactions: Transactions;
  readonly sockets: Set<net.Socket>;
}

function createParts(options: ResolvedGatewayOptions): Parts {
  const { postgres, queueTimeoutMs, connectPatienceMs, transactionLifetimeMs: lifetimeMs } = options;
  const patience = { queueTimeoutMs, connectPatienceMs };
  const settings = { ...COMMAND_SETTINGS, ...postgres.settings };
  const commandPool = new PgPool(
    { ...postgres, settings },
    { ...patience, max: options.poolSize, purpose: 'commands' },
  );
  const transactionPool = new PgPool(
    { ...postgres, settings: { ...settings, ...transactionSettings(lifetimeMs) } },
    { ...patience, max: options.maxTransactions, purpose: 'transactions' },
  );
  const cursors = new CursorTable();
  const transactions = new Transactions({ transactionPool, commandPool, cursors, lifetimeMs });
  return { commandPool, transactionPool, cursors, transactions, sockets: new Set() };
}

function createServer(options: ResolvedGatewayOptions, parts: Parts): net.Server {
  const dispatcher = new Dispatcher(parts.commandPool, parts.transactions, parts.cursors);
  let connections = 0;
  return net.createServer((socket) => {
    connections += 1;
    const connectionId = connections;
    parts.sockets.add(socket);
    socket.on('close', () => {
      parts.sockets.delete(socket);
      void parts.transactions.abortCarriedBy(socket);
    });
    socket.on('error', () => socket.destroy());
    void serveClient(socket, dispatcher, (name) =>
      isHello(name) ? hello(name, options.topology, socket, connectionId) : undefined,
    );
  });
}

function startHousekeeping(options: ResolvedGatewayOptions, parts: Parts): NodeJS.Timeout[] {
  const sweep = async (): Promise<void> => {
    await parts.transactions.abortOverdue();
    const idle = parts.cursors.removeIdle(options.cursorIdleMs);
    if (idle.length > 0) await parts.commandPool.with((connection) => deletePersistedCursors(connection, idle));
  };
  const clean = (): Promise<void> =>
    parts.commandPool.with((connection) => cleanRetryMemory(connection, options.retryMemoryMs));
  // Housekeeping that fails because PostgreSQL is away is done the next time.
  const every = (intervalMs: number, work: () => Promise<void>): NodeJS.Timeout =>
    setInterval(() => void work().catch(() => undefined), intervalMs).unref();
  return [every(SWEEP_INTERVAL_MS, sweep), every(CLEAN_INTERVAL_MS, clean)];
}
