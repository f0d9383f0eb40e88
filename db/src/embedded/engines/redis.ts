import net from 'node:net';
import path from 'node:path';
import { runTool } from '../find-program.ts';
import { startManagedProcess } from '../managed-process.ts';
import { storeFolder } from '../placement.ts';
import type { EngineContext, RunningEngine } from './engine.ts';
import { chooseRedisProgram, type RedisProgram } from './redis-program.ts';

/** Starts Redis (or Valkey): from PATH, else fetched from Debian. */
export async function startRedis(context: EngineContext): Promise<RunningEngine> {
  const { program, why } = await chooseRedisProgram(context.config, context.host.reporter);
  const port = await context.ports.claim('redis', 'redis', context.fixedPorts.redis);
  const { placement } = context;
  const server = await startManagedProcess(
    {
      name: 'redis',
      command: program.command,
      args: redisArguments(port, context.durable),
      env: { PATH: '/usr/bin:/bin', ...program.env },
      cwd: storeFolder(placement, 'redis'),
      runAs: placement.runAs,
      logFile: path.join(placement.dataDir, 'logs', 'redis.log'),
      probe: () => ping(port),
      stopSignal: 'SIGTERM',
    },
    context.host,
  );
  return { url: `redis://127.0.0.1:${port}`, engine: await describe(program), why, processes: [server] };
}

/** Durable: the append-only file is flushed every second; it carries streams whose loss would replay a week of events. */
function redisArguments(port: number, durable: boolean): string[] {
  const persistence = durable ? ['--appendonly', 'yes', '--appendfsync', 'everysec'] : ['--appendonly', 'no'];
  const network = ['--port', String(port), '--bind', '127.0.0.1', '--protected-mode', 'yes'];
  // Streams and counters must never be evicted: a full Redis refuses writes instead.
  return [...network, ...persistence, '--save', '', '--maxmemory-policy', 'noeviction', '--daemonize', 'no'];
}

async function describe(program: RedisProgram): Promise<string> {
  const text = await runTool(program.command, ['--version'], { env: { ...program.env } });
  const name = /valkey/i.test(text) ? 'Valkey' : 'Redis';
  return `${name} ${/v=(\S+)/.exec(text)?.[1] ?? ''} (embedded)`;
}

/** Redis answers while it still loads its file, but with an error: only PONG means ready. */
function ping(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.setTimeout(2_000, () => socket.destroy(new Error('no answer to PING')));
    socket.once('data', (data) => {
      socket.destroy();
      if (data.toString().startsWith('+PONG')) resolve();
      else reject(new Error(data.toString().trim()));
    });
    socket.once('error', reject);
  });
}
