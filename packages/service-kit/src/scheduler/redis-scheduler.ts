import { setTimeout as delay } from 'node:timers/promises';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Logger } from '../logging/logger.ts';
import type { RedisClient } from '../redis/create-redis.ts';
import { withNamespace } from '../redis/key-space.ts';
import { registerOnce } from '../telemetry/register-once.ts';
import { acquireLock } from './redis-lock.ts';
import { type Slots, slotsOf } from './schedule.ts';
import type { JobDefinition, Scheduler } from './scheduler.ts';

/** Options of {@link createScheduler}. */
export interface SchedulerOptions {
  readonly redis: RedisClient;
  /** `redisNamespace` of the configuration. */
  readonly namespace: string;
  readonly log: Logger;
  readonly metrics?: Registry;
  /** The time of day, in milliseconds; for tests. */
  readonly now?: () => number;
  /** Longest time between two looks at a job, in milliseconds: how late one that died elsewhere is made up. Default 15,000. */
  readonly checkMs?: number;
  /** After how long without a sign the lock of a process that died is free, in milliseconds. Default 15,000. */
  readonly lockMs?: number;
}

interface Job extends JobDefinition {
  readonly slots: Slots;
  timer: NodeJS.Timeout | undefined;
  running: Promise<unknown> | undefined;
}

const DEFAULT_TIMEOUT_MS = 10 * 60_000;
/** How long a run may take to end after its signal was aborted; then its lock is given up under it. */
const ORDERLY_END_MS = 5_000;

function createJobMetrics(registry: Registry | undefined) {
  if (!registry) return undefined;
  const settings = (name: string, help: string) => ({ name, help, labelNames: ['job'], registers: [registry] });
  return {
    lastSuccess: registerOnce(
      registry,
      'job_last_success_timestamp_seconds',
      () => new Gauge(settings('job_last_success_timestamp_seconds', 'When the job last succeeded')),
    ),
    duration: registerOnce(
      registry,
      'job_duration_seconds',
      () =>
        new Histogram({
          ...settings('job_duration_seconds', 'How long runs took'),
          buckets: [0.01, 0.1, 1, 10, 60, 600, 3_600],
        }),
    ),
    failures: registerOnce(
      registry,
      'job_failures_total',
      () => new Counter(settings('job_failures_total', 'Runs that failed')),
    ),
  };
}

/** Rejects when the signal aborts, so that a job that ignores it does not hold its lock for ever. */
const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/** A scheduler whose locks and memory of runs are in Redis. */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const { redis, log, now = Date.now, checkMs = 15_000, lockMs = 15_000 } = options;
  const keys = withNamespace(options.namespace);
  const metrics = createJobMetrics(options.metrics);
  const jobs = new Map<string, Job>();
  const stopping = new AbortController();
  let isStarted = false;
  let isPaused = false;

  const lockKey = (job: Job) => keys.tagged(`job:${job.name}`, 'lock');
  const slotKey = (job: Job) => keys.tagged(`job:${job.name}`, 'slot');

  /** The last moment that was run, noting the present one for a job that is new here. */
  async function lastSlot(job: Job, slot: number): Promise<number> {
    if (!job.runAtFirstStart) await redis.set(slotKey(job), slot, 'NX');
    return Number((await redis.get(slotKey(job))) ?? Number.NEGATIVE_INFINITY);
  }

  async function execute(job: Job, lost: AbortSignal): Promise<void> {
    const timeout = AbortSignal.timeout(job.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const signal = AbortSignal.any([lost, timeout, stopping.signal]);
    const startedAt = performance.now();
    const running = job.run({ signal, log: log.child({ job: job.name }) });
    try {
      await Promise.race([running, aborted(signal)]);
      metrics?.lastSuccess.set({ job: job.name }, now() / 1_000);
    } catch (error) {
      metrics?.failures.inc({ job: job.name });
      // A run that was cut off gets a moment to put things in order.
      if (signal.aborted)
        await Promise.race([running.catch(() => undefined), delay(ORDERLY_END_MS, undefined, { ref: false })]);
      throw error;
    } finally {
      metrics?.duration.observe({ job: job.name }, (performance.now() - startedAt) / 1_000);
    }
  }

  /** Runs the job under its lock. With a slot, only if that moment was not run meanwhile by another process. */
  async function runLocked(job: Job, slot: number | null): Promise<boolean> {
    const lock = await acquireLock(redis, lockKey(job), lockMs);
    if (!lock) return false;
    try {
      if (slot !== null && (await lastSlot(job, slot)) >= slot) return false;
      await execute(job, lock.lost);
      return true;
    } finally {
      // Also after a failure: the next moment is the next try. Not after a stop, so that another process takes over.
      const wasCutOff = lock.lost.aborted || stopping.signal.aborted;
      if (slot !== null && !wasCutOff) await redis.set(slotKey(job), slot).catch(() => undefined);
      await lock.release();
    }
  }

  async function runIfDue(job: Job): Promise<void> {
    const slot = job.slots.latest(now());
    try {
      if (slot !== null && (await lastSlot(job, slot)) < slot) {
        await runLocked(job, slot).catch((error: unknown) => {
          if (!stopping.signal.aborted) log.error({ err: error, job: job.name }, 'a job failed');
        });
      }
      if (isPaused) log.info('jobs go on: Redis is back');
      isPaused = false;
    } catch (error) {
      if (!isPaused) log.warn({ err: error }, 'jobs pause: Redis does not answer');
      isPaused = true;
    }
  }

  function schedule(job: Job, delayMs: number): void {
    job.timer = setTimeout(async () => {
      job.running = runIfDue(job);
      await job.running;
      job.running = undefined;
      if (!stopping.signal.aborted)
        schedule(job, Math.min(checkMs, Math.max(1, (job.slots.next(now()) ?? Infinity) - now())));
    }, delayMs);
    job.timer.unref();
  }

  return {
    name: 'scheduler',

    register(definition) {
      if (jobs.has(definition.name)) throw new Error(`there is a job ${definition.name} already`);
      const job: Job = { ...definition, slots: slotsOf(definition.schedule), timer: undefined, running: undefined };
      jobs.set(job.name, job);
      if (isStarted) schedule(job, 0);
    },

    async start() {
      isStarted = true;
      for (const job of jobs.values()) schedule(job, 0);
    },

    async stop() {
      isStarted = false;
      stopping.abort(new Error('the process stops'));
      for (const job of jobs.values()) clearTimeout(job.timer);
      await Promise.all([...jobs.values()].map((job) => job.running));
    },

    names: () => [...jobs.keys()],

    runNow(name) {
      const job = jobs.get(name);
      if (!job) return Promise.reject(new Error(`there is no job ${name}`));
      return runLocked(job, null);
    },
  };
}
