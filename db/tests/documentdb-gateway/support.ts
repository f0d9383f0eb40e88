import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Document, Long, UUID } from 'bson';
import { MongoClient, type MongoClientOptions } from 'mongodb';
import { vi } from 'vitest';
import { fromBson, toBson } from '../../src/documentdb-gateway/bson-peek.ts';
import { PgConnection } from '../../src/documentdb-gateway/index.ts';
import { encodeRequest, Framer } from '../../src/documentdb-gateway/wire-message.ts';
import { resetEmbeddedStores, startEmbeddedStores } from '../../src/embedded/index.ts';
import { useClusterTemplate } from '../embedded/cluster-template.ts';

/** A supervised DocumentDB with its gateway as a process of its own, and nothing else. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  /** The PostgreSQL server below. */
  readonly postgresPort: number;
  /** A driver; `to` is another gateway of the same server. */
  client(options?: MongoClientOptions, to?: string): Promise<MongoClient>;
  sql(): Promise<PgConnection>;
  /** Kills a process without warning and resolves when its successor serves. */
  crash(part: 'gateway' | 'postgres'): Promise<void>;
  stop(): Promise<void>;
}

/** For `vi.waitFor`, whose own second is short on a machine that runs other tests as well. */
export const PATIENCE = { timeout: 20_000, interval: 50 };

/** Starts a server for one test file; call `stop` in `afterAll`. */
export async function startTestServer(): Promise<TestServer> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'postbook-gateway-'));
  await useClusterTemplate(dataDir, ['documentdb']);
  const given = { postgres: 'postgres://unused', redis: 'redis://unused' };
  const stores = await startEmbeddedStores({
    dataDir,
    durable: false,
    urls: given,
    supervise: true,
    config: { mongoEngine: 'documentdb' },
  });
  const { url, pids } = stores.mongodb;
  const clients: MongoClient[] = [];
  const postgresPort = await postgresPortOf(pids[1] ?? 0);
  const pidOf = (part: 'gateway' | 'postgres'): number => stores.mongodb.pids[part === 'gateway' ? 0 : 1] ?? 0;

  return {
    url,
    port: Number(new URL(url).port),
    postgresPort,
    async client(options, to = url) {
      const client = new MongoClient(to, options);
      clients.push(client);
      return client.connect();
    },
    sql: () => PgConnection.connect({ port: postgresPort, user: 'postgres', database: 'postgres' }),
    async crash(part) {
      const before = pidOf(part);
      process.kill(before, 'SIGKILL');
      await vi.waitFor(() => serves(url, pidOf(part), before), { timeout: 20_000, interval: 50 });
    },
    async stop() {
      await Promise.all(clients.map((client) => client.close()));
      await stores.stop();
      await resetEmbeddedStores({ dataDir });
    },
  };
}

const GATEWAY_PROGRAM = fileURLToPath(new URL('../../src/documentdb-gateway/main.ts', import.meta.url));

/** Another gateway process in front of the same PostgreSQL server. */
export async function secondGateway(server: TestServer): Promise<{ url: string; stop(): Promise<void> }> {
  const child = fork(GATEWAY_PROGRAM, ['--postgres-port', String(server.postgresPort)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const url = await printed(child, /listening on (\S+)/);
  return {
    url,
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** What a process prints that matches; rejects when it ends before. */
export function printed(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (data: Buffer) => {
      text += data.toString();
      const found = pattern.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code} after: ${text}`)));
  });
}

async function serves(url: string, pid: number, before: number): Promise<void> {
  if (pid === before) throw new Error('not restarted yet');
  const probe = new MongoClient(url, { serverSelectionTimeoutMS: 500 });
  try {
    await probe.db('admin').collection('probe').findOne({});
  } finally {
    await probe.close();
  }
}

async function postgresPortOf(pid: number): Promise<number> {
  const args = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
  return Number(args[args.indexOf('-p') + 1]);
}

/** A connection that speaks the protocol by hand, to repeat a command with the very same transaction number. */
export interface RawClient {
  send(command: Document): Promise<Document>;
  /** Sends bytes as they are. */
  write(bytes: Buffer): void;
  readonly socket: net.Socket;
  close(): void;
}

export async function rawClient(port: number): Promise<RawClient> {
  const socket = net.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const framer = new Framer();
  const waiting: ((reply: Document) => void)[] = [];
  const failed: ((error: Error) => void)[] = [];
  socket.on('data', (data: Buffer) => {
    for (const { body } of framer.push(data)) waiting.shift()?.(fromBson(body));
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    for (const reject of failed.splice(0)) reject(new Error('connection closed'));
  });
  return {
    socket,
    write: (bytes) => void socket.write(bytes),
    send: (command) =>
      new Promise((resolve, reject) => {
        waiting.push(resolve);
        failed.push(reject);
        if (socket.destroyed) reject(new Error('connection closed'));
        socket.write(encodeRequest(1, toBson(command)));
      }),
    close: () => socket.destroy(),
  };
}

/** A session id and transaction numbers as the driver makes them. */
export function rawSession(): { lsid: { id: UUID }; number(value: number): Long } {
  return { lsid: { id: new UUID() }, number: (value) => Long.fromNumber(value) };
}

/** Fails unless the promise is rejected; the error is returned to be looked at. */
export async function failure(promise: Promise<unknown>): Promise<Error & { code?: number; [key: string]: unknown }> {
  try {
    await promise;
  } catch (error) {
    return error as Error & { code?: number; [key: string]: unknown };
  }
  throw new Error('expected a failure');
}
