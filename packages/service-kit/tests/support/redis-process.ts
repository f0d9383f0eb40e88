import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRedis, silentLogger, waitForRedis } from '../../src/index.ts';

/** A Redis server of a test's own, to be killed and started again. */
export interface RedisProcess {
  readonly url: string;
  start(): Promise<void>;
  /** `kill -9`, as a crash would; with the journal on, nothing that was written is lost. */
  kill(): Promise<void>;
  /** Stops the server from answering without ending its connections, as a cut network would. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
};

const accepts = async (url: string): Promise<void> => {
  const redis = createRedis(url, { name: 'probe', log: silentLogger });
  const isReady = await waitForRedis(redis, 10_000);
  redis.disconnect();
  if (!isReady) throw new Error(`no Redis at ${url}`);
};

/** Starts `redis-server` from the PATH on a free port, journaled unless told otherwise. */
export async function startRedisProcess(options: { journal?: boolean } = {}): Promise<RedisProcess> {
  const port = await freePort();
  const dir = await mkdtemp(join(tmpdir(), 'pb-redis-'));
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;

  const server: RedisProcess = {
    url,
    async start() {
      const journal = (options.journal ?? true) ? 'yes' : 'no';
      child = spawn(
        'redis-server',
        ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--appendonly', journal, '--save', ''],
        { stdio: 'ignore' },
      );
      await accepts(url);
    },
    async kill() {
      if (!child) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      child = undefined;
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
