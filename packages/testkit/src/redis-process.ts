import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRedisServer } from '@postbook/db/embedded';
import { eventually } from './eventually.ts';

/** A Redis server of a test's own, to be killed and started again on the same port. */
export interface RedisProcess {
  readonly url: string;
  start(): Promise<void>;
  /** `kill -9`, as a crash would; with the journal on, nothing that was written is lost. */
  kill(): Promise<void>;
  /** Stops the server from answering without ending its connections, as a cut network would. */
  freeze(): void;
  thaw(): void;
  /** Kills it for good and removes its data. */
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Whether the server answers; while it still loads its journal it answers with an error. */
const answersPing = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const settle = (isReady: boolean) => {
      socket.destroy();
      resolve(isReady);
    };
    socket.once('data', (data) => settle(data.toString().startsWith('+PONG')));
    socket.once('error', () => settle(false));
  });

/** Starts the Redis that the embedded stores use on a free port, with a journal unless told otherwise. */
export async function startRedisProcess(options: { journal?: boolean } = {}): Promise<RedisProcess> {
  const [program, port, dir] = await Promise.all([
    findRedisServer(),
    freePort(),
    mkdtemp(join(tmpdir(), 'postbook-redis-')),
  ]);
  const journal =
    (options.journal ?? true) ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no'];
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '', ...journal];
  let child: ChildProcess | undefined;

  const server: RedisProcess = {
    url: `redis://127.0.0.1:${port}`,
    async start() {
      child = spawn(program.command, args, { stdio: 'ignore', env: { PATH: '/usr/bin:/bin', ...program.env } });
      await eventually(() => answersPing(port));
    },
    async kill() {
      const dying = child;
      child = undefined;
      if (!dying) return;
      const exited = once(dying, 'exit');
      dying.kill('SIGKILL');
      await exited;
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    async stop() {
      await server.kill();
      await rm(dir, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}
