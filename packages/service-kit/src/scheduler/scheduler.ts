import type { Component } from '../lifecycle/component.ts';
import type { Logger } from '../logging/logger.ts';
import type { Schedule } from './schedule.ts';

/** What a job is given for one run. */
export interface JobRun {
  /** Aborted when the time is over, the lock is lost or the process stops. Long jobs must look at it. */
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/** A job. */
export interface JobDefinition {
  /** Unique in the graph, for instance `chats-purge-outbox`: the lock and the memory of runs carry it. */
  readonly name: string;
  readonly schedule: Schedule;
  /** Does the work. Must bear being cut off at any moment and being run once more than planned. */
  readonly run: (context: JobRun) => Promise<void>;
  /** After how many milliseconds the signal is aborted. Default 10 min. */
  readonly timeoutMs?: number;
  /** Whether a job that never ran is due at once and not at its first moment. Default false. */
  readonly runAtFirstStart?: boolean;
}

/**
 * Runs jobs at their times, each on one process of all at a time and once per moment of its schedule. A moment that
 * passed while nobody ran is made up for once. While Redis is away jobs pause.
 */
export interface Scheduler extends Component {
  /** Before or after `start`. @throws Error when the name is taken or the schedule is malformed. */
  register(job: JobDefinition): void;
  /** Names of all jobs, in the order in which they were registered. */
  names(): readonly string[];
  /** Runs the job now, unless it is running somewhere. Returns whether it ran; rejects with the job's failure. */
  runNow(name: string): Promise<boolean>;
}
