import type { PgOptions } from './pg-connection.ts';

/** How to run a gateway. */
export interface GatewayOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Loopback addresses only, since nobody is asked for a password. Default 127.0.0.1. */
  readonly host?: string;
  /** The PostgreSQL server with DocumentDB. */
  readonly postgres: PgOptions;
  /** Connections for commands outside transactions. Default 16. */
  readonly poolSize?: number;
  /** Transactions open at once, each with a connection of its own. Default 32. */
  readonly maxTransactions?: number;
  /** How long a command waits for a connection, in milliseconds. Default 10,000. */
  readonly queueTimeoutMs?: number;
  /** How long a command waits for a PostgreSQL that restarts, in milliseconds. Default 15,000. */
  readonly connectPatienceMs?: number;
  /** How long a transaction may stay open, in milliseconds. Default 60,000, as in MongoDB. */
  readonly transactionLifetimeMs?: number;
  /** How long an idle cursor is kept, in milliseconds. Default 600,000, as in MongoDB. */
  readonly cursorIdleMs?: number;
  /** How long replies are remembered for retries, in milliseconds. Default 1,800,000: a session's lifetime. */
  readonly retryMemoryMs?: number;
  /**
   * What `hello` claims to be. `mongos` (default): any address works and every read preference is accepted; `replset`:
   * a set of one member named rs0. Either makes the driver use transactions and retryable writes.
   */
  readonly topology?: 'mongos' | 'replset';
}

/** Options with every default filled in. */
export type ResolvedGatewayOptions = Required<GatewayOptions>;

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

/** @throws RangeError when the host is not loopback. */
export function resolveOptions(options: GatewayOptions): ResolvedGatewayOptions {
  const host = options.host ?? '127.0.0.1';
  if (!LOOPBACK.has(host)) {
    throw new RangeError(`the gateway has no authentication and listens on loopback only, not on ${host}`);
  }
  return {
    port: 0,
    poolSize: 16,
    maxTransactions: 32,
    queueTimeoutMs: 10_000,
    connectPatienceMs: 15_000,
    transactionLifetimeMs: 60_000,
    cursorIdleMs: 600_000,
    retryMemoryMs: 1_800_000,
    topology: 'mongos',
    ...options,
    host,
  };
}
