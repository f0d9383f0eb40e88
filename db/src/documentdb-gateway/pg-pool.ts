import { setTimeout as delay } from 'node:timers/promises';
import { CommandError, ErrorCode } from './command-error.ts';
import { PgConnection, type PgOptions } from './pg-connection.ts';
import { isServerGone } from './pg-error.ts';

/** Bounds of a pool. */
export interface PgPoolOptions {
  /** At most this many connections. */
  readonly max: number;
  /** How long a command waits for a free connection before it fails, in milliseconds. */
  readonly queueTimeoutMs: number;
  /** How long a command waits for a server that restarts, in milliseconds. */
  readonly connectPatienceMs: number;
  /** What the pool is for, in error messages. */
  readonly purpose: string;
}

interface Waiter {
  readonly resolve: (connection: PgConnection | undefined) => void;
  readonly timer: NodeJS.Timeout;
}

const RECONNECT_PAUSE_MS = 50;

/** Connections to PostgreSQL, made when needed, shared, and replaced when the server restarts. */
export class PgPool {
  readonly #target: PgOptions;
  readonly #options: PgPoolOptions;
  readonly #idle: PgConnection[] = [];
  readonly #waiters: Waiter[] = [];
  /** Rises whenever a connection broke: the others of its time may be those of a server that is gone as well. */
  #generation = 0;
  readonly #bornIn = new WeakMap<PgConnection, number>();
  #open = 0;
  #ended = false;

  constructor(target: PgOptions, options: PgPoolOptions) {
    this.#target = target;
    this.#options = options;
  }

  /**
   * A connection for exclusive use; give it back with `release`.
   * @throws CommandError 365 TemporarilyUnavailable when all stayed busy; PgError when the server stayed away.
   */
  async acquire(): Promise<PgConnection> {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      if (!idle.closed) return idle;
      this.#open -= 1;
      if (idle.broken) this.#distrustThoseOf(idle);
    }
    if (this.#open < this.#options.max) {
      this.#open += 1;
      return this.#connect();
    }
    return (await this.#wait()) ?? this.#connect();
  }

  /** Takes a connection back; a broken one makes room for a new one. */
  release(connection: PgConnection): void {
    if (connection.broken) this.#distrustThoseOf(connection);
    if (this.#ended || this.#bornIn.get(connection) !== this.#generation) connection.end();
    const waiter = this.#waiters.shift();
    if (waiter) {
      clearTimeout(waiter.timer);
      // The slot goes to the waiter even when the connection is broken: it then makes its own.
      waiter.resolve(connection.closed ? undefined : connection);
    } else if (connection.closed) this.#open -= 1;
    else this.#idle.push(connection);
  }

  /**
   * After a connection broke, no older one is handed out: a server process outlives its dead server for a moment, and a
   * driver tries a command again only once.
   */
  #distrustThoseOf(broken: PgConnection): void {
    if (this.#bornIn.get(broken) !== this.#generation) return;
    this.#generation += 1;
    for (const connection of this.#idle.splice(0)) {
      connection.end();
      this.#open -= 1;
    }
  }

  /** Runs `work` with a connection of its own. */
  async with<T>(work: (connection: PgConnection) => Promise<T>): Promise<T> {
    const connection = await this.acquire();
    try {
      return await work(connection);
    } finally {
      this.release(connection);
    }
  }

  /** Closes idle connections; those in use close when they are given back. */
  end(): void {
    this.#ended = true;
    for (const connection of this.#idle.splice(0)) connection.end();
  }

  #wait(): Promise<PgConnection | undefined> {
    return new Promise((resolve, reject) => {
      const { max, queueTimeoutMs, purpose } = this.#options;
      const timer = setTimeout(() => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        const text = `all ${max} PostgreSQL connections for ${purpose} stayed busy for ${queueTimeoutMs} ms`;
        reject(new CommandError(ErrorCode.TemporarilyUnavailable, text, { nothingHappened: true }));
      }, queueTimeoutMs);
      const waiter: Waiter = { resolve, timer };
      this.#waiters.push(waiter);
    });
  }

  /** Uses a slot that is counted already; gives it up on failure. A restarting server is waited for. */
  async #connect(): Promise<PgConnection> {
    const deadline = Date.now() + this.#options.connectPatienceMs;
    for (;;) {
      try {
        const generation = this.#generation;
        const connection = await PgConnection.connect(this.#target);
        this.#bornIn.set(connection, generation);
        return connection;
      } catch (error) {
        if (isServerGone(error) && Date.now() < deadline) {
          await delay(RECONNECT_PAUSE_MS);
          continue;
        }
        this.#giveUpSlot();
        throw error;
      }
    }
  }

  #giveUpSlot(): void {
    const waiter = this.#waiters.shift();
    if (!waiter) {
      this.#open -= 1;
      return;
    }
    clearTimeout(waiter.timer);
    waiter.resolve(undefined);
  }
}
