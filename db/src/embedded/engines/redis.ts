import net from 'node:net';
import path from 'node:path';
import { EmbeddedStoreError, useOwnServer } from '../errors.ts';
import { findProgram, runTool } from '../find-program.ts';
import { whyNoDebianPackages } from '../install/debian-packages.ts';
import { installRedis, type RedisProgram } from '../install/install-redis.ts';
import { startManagedProcess } from '../managed-process.ts';
import { storeFolder } from '../placement.ts';
import type { EngineContext, RunningEngine } from './engine.ts';

const SERVER_NAMES = ['redis-server', 'valkey-server'];

/** Starts Redis (or Valkey): from PATH, else fetched from Debian. */
export async function startRedis(context: EngineContext): Promise<RunningEngine> {
  const { program, why } = await chooseProgram(context);
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

async function chooseProgram(context: EngineContext): Promise<{ program: RedisProgram; why: string }> {
  const { config, host } = context;
  const command = findProgram(SERVER_NAMES, config.path);
  if (command) {
    return { program: { command, env: {} }, why: `REDIS_URL is not set; ${path.basename(command)} is on PATH` };
  }
  const obstacle = whyNoDebianPackages(config.path);
  if (obstacle) throw cannotFetch(`Redis cannot be fetched: ${obstacle}.`);
  try {
    const program = await installRedis(config, host.reporter);
    return { program, why: 'REDIS_URL is not set and no redis-server is on PATH, so Debian’s package is used' };
  } catch (cause) {
    throw cannotFetch(
      `Redis could not be fetched from Debian: ${cause instanceof Error ? cause.message : cause}`,
      cause,
    );
  }
}

function cannotFetch(message: string, cause?: unknown): EmbeddedStoreError {
  return new EmbeddedStoreError('redis', message, {
    remedy: `install redis-server or valkey-server so that it is on PATH, or ${useOwnServer('redis')}`,
    cause,
  });
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
