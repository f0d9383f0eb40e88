import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Db, MongoServerError } from 'mongodb';
import { LOCK_ID, migrationsOf } from './migration-record.ts';

/** How long a migrating process may be silent before another one takes over, in milliseconds. */
const LEASE_MS = 30_000;
const RETRY_MS = 100;
const DUPLICATE_KEY = 11_000;

/** Options of {@link withMigrationLock}. */
export interface MigrationLockOptions {
  /** How long to wait for another process that migrates, in milliseconds. Default 120,000. */
  readonly waitMs?: number;
}

async function tryHold(db: Db, owner: string): Promise<boolean> {
  const now = new Date();
  try {
    const held = await migrationsOf(db).updateOne(
      { _id: LOCK_ID, $or: [{ owner }, { owner: null }, { until: { $lt: now } }] },
      { $set: { owner, until: new Date(now.getTime() + LEASE_MS) } },
      { upsert: true, comment: 'migrations.lock' },
    );
    return held.matchedCount + held.upsertedCount > 0;
  } catch (error) {
    // Somebody else's lock didn't match, so the upsert tried to insert a second one.
    if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) return false;
    throw error;
  }
}

async function hold(db: Db, owner: string, waitMs: number): Promise<void> {
  const deadline = Date.now() + waitMs;
  while (!(await tryHold(db, owner))) {
    if (Date.now() > deadline) {
      throw new Error(`Another process has been migrating ${db.databaseName} for ${waitMs} ms; try again later.`);
    }
    await pause(RETRY_MS);
  }
}

/**
 * Does the work while no other process migrates the database. The lock is a lease that is renewed meanwhile: when the
 * holder dies it ends by itself. `assertHeld` throws once a renewal failed; call it before each step.
 *
 * @throws Error when another process holds the lock for longer than `waitMs`.
 */
export async function withMigrationLock<Result>(
  db: Db,
  options: MigrationLockOptions,
  work: (assertHeld: () => void) => Promise<Result>,
): Promise<Result> {
  const owner = randomUUID();
  await hold(db, owner, options.waitMs ?? 120_000);
  let lost: unknown;
  const renew = () =>
    tryHold(db, owner).then(
      (isHeld) => {
        lost = isHeld ? undefined : new Error(`The migration lock of ${db.databaseName} was taken over.`);
      },
      (error: unknown) => {
        lost = error;
      },
    );
  const timer = setInterval(renew, LEASE_MS / 3);
  timer.unref();
  try {
    return await work(() => {
      if (lost) throw lost;
    });
  } finally {
    clearInterval(timer);
    await migrationsOf(db).updateOne(
      { _id: LOCK_ID, owner },
      { $set: { owner: null } },
      { comment: 'migrations.unlock' },
    );
  }
}
