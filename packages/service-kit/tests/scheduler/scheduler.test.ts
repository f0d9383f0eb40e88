import { type RedisProcess, startRedisProcess } from '@postbook/testkit';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  closeRedis,
  createRedis,
  createScheduler,
  type RedisClient,
  type Scheduler,
  type SchedulerOptions,
  silentLogger,
  waitForRedis,
} from '../../src/index.ts';
import { acquireLock } from '../../src/scheduler/redis-lock.ts';
import { slotsOf } from '../../src/scheduler/schedule.ts';
import { settle, until } from '../support/until.ts';

const HOUR = 3_600_000;

describe('a schedule', () => {
  const at = (text: string) => Date.parse(text);
  it('has moments of a cron pattern, in UTC', () => {
    const slots = slotsOf('0 3 * * *');
    expect(slots.latest(at('2026-03-05T02:59:59Z'))).toBe(at('2026-03-04T03:00:00Z'));
    expect(slots.latest(at('2026-03-05T03:00:00Z'))).toBe(at('2026-03-05T03:00:00Z'));
    expect(slots.next(at('2026-03-05T03:00:00Z'))).toBe(at('2026-03-06T03:00:00Z'));
  });
  it('has moments at every interval, the same in all processes', () => {
    const slots = slotsOf({ everyMs: HOUR });
    expect(slots.latest(at('2026-03-05T02:59:59Z'))).toBe(at('2026-03-05T02:00:00Z'));
    expect(slots.next(at('2026-03-05T02:00:00Z'))).toBe(at('2026-03-05T03:00:00Z'));
  });
  it.each(['nonsense', '99 * * * *'])('is not %s', (pattern) => {
    expect(() => slotsOf(pattern)).toThrow();
  });
});

describe('a scheduler', () => {
  let server: RedisProcess;
  let redis: RedisClient;
  let time: number;
  const made: Scheduler[] = [];
  beforeAll(async () => {
    server = await startRedisProcess();
    redis = createRedis(server.url, { name: 'test', log: silentLogger, commandTimeoutMs: 300 });
    await waitForRedis(redis, 5_000);
  });
  beforeEach(async () => {
    time = Date.parse('2026-03-05T12:30:00Z');
    await waitForRedis(redis, 5_000);
    await redis.flushall();
  });
  afterEach(() => Promise.all(made.splice(0).map((scheduler) => scheduler.stop())));
  afterAll(async () => {
    await closeRedis(redis);
    await server.stop();
  });

  const create = (options: Partial<SchedulerOptions> = {}) => {
    const scheduler = createScheduler({
      redis,
      namespace: 'test',
      log: silentLogger,
      now: () => time,
      checkMs: 10,
      ...options,
    });
    made.push(scheduler);
    return scheduler;
  };
  const noted = (name = 'hourly') => redis.get(`test:{job:${name}}:slot`);
  const job = (run: () => Promise<void>, more: object = {}) => ({
    name: 'hourly',
    schedule: { everyMs: HOUR },
    run,
    ...more,
  });

  it('runs a job at each of its moments, once on all processes together', async () => {
    const runs: number[] = [];
    const schedulers = [create(), create(), create()];
    for (const scheduler of schedulers) {
      scheduler.register(job(async () => void runs.push(time)));
      await scheduler.start();
    }
    await until(noted);
    expect(runs).toEqual([]);
    for (let hour = 1; hour <= 3; hour += 1) {
      time += HOUR;
      await until(() => runs.length === hour);
    }
    await settle(50);
    expect(runs.length).toBe(3);
  });

  it('runs a job at once that has never run, when asked to', async () => {
    let runs = 0;
    const scheduler = create();
    scheduler.register(
      job(
        async () => {
          runs += 1;
        },
        { runAtFirstStart: true },
      ),
    );
    await scheduler.start();
    await until(() => runs === 1);
  });

  it('makes up once for the moments that passed while nobody ran', async () => {
    const first = create();
    first.register(job(async () => undefined));
    await first.start();
    await until(noted);
    await first.stop();
    time += 5 * HOUR;
    let runs = 0;
    const second = create();
    second.register(
      job(async () => {
        runs += 1;
      }),
    );
    await second.start();
    await until(() => runs === 1);
    await until(async () => Number(await noted()) === Math.floor(time / HOUR) * HOUR);
    expect(runs).toBe(1);
  });

  it('takes a run over from a process that died in it', async () => {
    await redis.set('test:{job:hourly}:slot', time - 2 * HOUR);
    await redis.set('test:{job:hourly}:lock', 'of the dead', 'PX', 100);
    let runs = 0;
    const scheduler = create();
    scheduler.register(
      job(async () => {
        runs += 1;
      }),
    );
    await scheduler.start();
    await until(() => runs === 1);
  });

  it('waits for its next moment after a failure', async () => {
    let runs = 0;
    const scheduler = create();
    scheduler.register(
      job(
        async () => {
          runs += 1;
          throw new Error('broken');
        },
        { runAtFirstStart: true },
      ),
    );
    await scheduler.start();
    await until(() => runs === 1);
    time += HOUR;
    await until(() => runs === 2);
  });

  it('cuts off a run that takes too long', async () => {
    let reason: unknown;
    const scheduler = create();
    scheduler.register({
      name: 'hourly',
      schedule: { everyMs: HOUR },
      timeoutMs: 50,
      run: ({ signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => {
            reason = signal.reason;
            reject(signal.reason);
          }),
        ),
    });
    await expect(scheduler.runNow('hourly')).rejects.toThrow();
    expect(reason).toMatchObject({ name: 'TimeoutError' });
  });

  it('runs a job on demand unless it is running', async () => {
    const release = Promise.withResolvers<void>();
    const [one, two] = [create(), create()];
    one.register(job(() => release.promise));
    two.register(job(async () => undefined));
    const running = one.runNow('hourly');
    await until(() => redis.get('test:{job:hourly}:lock'));
    expect(await two.runNow('hourly')).toBe(false);
    release.resolve();
    expect(await running).toBe(true);
    expect(await two.runNow('hourly')).toBe(true);
  });

  it('passes the failure of a run on demand on', async () => {
    const scheduler = create();
    scheduler.register(
      job(async () => {
        throw new RangeError('broken');
      }),
    );
    await expect(scheduler.runNow('hourly')).rejects.toThrow(RangeError);
    await expect(scheduler.runNow('unknown')).rejects.toThrow('unknown');
  });

  it('asks a running job to end at a stop and waits until it has', async () => {
    let hasEnded = false;
    const began = Promise.withResolvers<void>();
    const scheduler = create();
    scheduler.register({
      ...job(async () => undefined, { runAtFirstStart: true }),
      run: async ({ signal }) => {
        began.resolve();
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        await settle(20);
        hasEnded = true;
      },
    });
    await scheduler.start();
    await began.promise;
    await scheduler.stop();
    expect(hasEnded).toBe(true);
    expect(await noted()).toBeNull();
  });

  it('measures its jobs', async () => {
    const metrics = new Registry();
    const scheduler = create({ metrics });
    let isBroken = false;
    scheduler.register(
      job(async () => {
        if (isBroken) throw new Error('broken');
      }),
    );
    await scheduler.runNow('hourly');
    isBroken = true;
    await expect(scheduler.runNow('hourly')).rejects.toThrow('broken');
    const text = await metrics.metrics();
    expect(text).toContain(`job_last_success_timestamp_seconds{job="hourly"} ${time / 1_000}`);
    expect(text).toContain('job_failures_total{job="hourly"} 1');
    expect(text).toContain('job_duration_seconds_count{job="hourly"} 2');
  });

  it('refuses two jobs of one name', () => {
    const scheduler = create();
    scheduler.register(job(async () => undefined));
    expect(() => scheduler.register(job(async () => undefined))).toThrow('hourly');
  });

  it('pauses while Redis is away, says so once, and makes up afterwards', async () => {
    const said: string[] = [];
    const log = {
      ...silentLogger,
      warn: (_details: unknown, message: string) => void said.push(message),
      error: () => undefined,
      info: () => undefined,
      child: () => silentLogger,
    };
    let runs = 0;
    const scheduler = create({ log: log as unknown as typeof silentLogger });
    scheduler.register(
      job(async () => {
        runs += 1;
      }),
    );
    await scheduler.start();
    await until(noted);
    await server.kill();
    time += HOUR;
    await until(() => said.length > 0);
    await settle(50);
    expect(runs).toBe(0);
    await server.start();
    await until(() => runs === 1);
    expect(said).toEqual(['jobs pause: Redis does not answer']);
  });
});

describe('a lock', () => {
  let server: RedisProcess;
  let redis: RedisClient;
  beforeAll(async () => {
    server = await startRedisProcess();
    redis = createRedis(server.url, { name: 'test', log: silentLogger, commandTimeoutMs: 300 });
    await waitForRedis(redis, 5_000);
  });
  afterAll(async () => {
    await closeRedis(redis);
    await server.stop();
  });

  it('is held by one at a time and renewed for as long as it is held', async () => {
    const lock = await acquireLock(redis, 'lock', 90);
    const startedAt = Date.now();
    await until(() => Date.now() - startedAt > 300);
    expect(await acquireLock(redis, 'lock', 90)).toBeUndefined();
    await lock?.release();
    const next = await acquireLock(redis, 'lock', 90);
    expect(next).toBeDefined();
    await next?.release();
  });

  it('tells its holder when it was taken away, and is not released by it then', async () => {
    const lock = await acquireLock(redis, 'lock', 90);
    await redis.set('lock', 'somebody else');
    await until(() => lock?.lost.aborted);
    await lock?.release();
    expect(await redis.get('lock')).toBe('somebody else');
    await redis.del('lock');
  });

  it('tells its holder when it could not be renewed in time', async () => {
    const lock = await acquireLock(redis, 'lock', 300);
    server.freeze();
    await until(() => lock?.lost.aborted);
    server.thaw();
    await lock?.release();
  });
});
