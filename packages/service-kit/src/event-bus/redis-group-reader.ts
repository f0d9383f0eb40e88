import { setTimeout as delay } from 'node:timers/promises';
import type { AnyEvent } from '@postbook/events';
import { isRedisReady, type RedisClient, waitForRedis } from '../redis/create-redis.ts';
import { createAggregateLanes } from './aggregate-lanes.ts';
import { createEntriesInHand } from './entries-in-hand.ts';
import { createBlockedRead } from './redis-blocked-read.ts';
import {
  acknowledge,
  bury,
  ensureGroup,
  type GroupMember,
  handleOnce,
  handOver,
  readEntry,
} from './redis-entry-handler.ts';
import { createPendingSweeper } from './redis-pending-sweeper.ts';
import type { StreamEntry } from './redis-stream-entry.ts';
import { retireScript } from './redis-stream-scripts.ts';

/** Entries taken ahead per lane: enough to keep the lanes busy, few enough to hand over at a stop. */
const PREFETCH_PER_LANE = 4;
/** After so many failures in a row reading slows down: probably nothing can be handled right now. */
const FAILURES_BEFORE_SLOWING = 5;

/** Reads one domain's stream for one group. */
export interface GroupReader {
  /** Milliseconds by which what this member has handled may be behind the stream. */
  lagMs(): number;
  stop(): Promise<void>;
}

/** The group is gone, as after a flush; a read that waited for it is ended by the server with UNBLOCKED. */
const isGroupMissing = (error: unknown): boolean => error instanceof Error && /NOGROUP|UNBLOCKED/.test(error.message);

const slowdownMs = (failuresInRow: number): number =>
  failuresInRow < FAILURES_BEFORE_SLOWING
    ? 0
    : Math.min(100 * 2 ** Math.min(failuresInRow - FAILURES_BEFORE_SLOWING, 6), 5_000);

/** Starts reading in the background. `blocking` is the reader's own connection, ended with it. */
export function startGroupReader(member: GroupMember, blocking: RedisClient): GroupReader {
  const { keys, group, consumer, commands, log } = member;
  const lanes = createAggregateLanes(member.concurrency);
  const inHand = createEntriesInHand(member.concurrency * PREFETCH_PER_LANE);
  const blockedRead = createBlockedRead({ blocking, commands, stream: keys.stream, group, consumer });
  let isStopping = false;
  let needsGroup = true;
  let failuresInRow = 0;
  let caughtUpAt = Date.now();

  async function handle(entry: StreamEntry, event: AnyEvent, attempt: number): Promise<void> {
    if (isStopping) {
      await handOver(member, entry.id, attempt);
      inHand.release(entry.id, { isFinished: false });
      return;
    }
    const outcome = await handleOnce(member, entry, event, attempt);
    failuresInRow = outcome === 'handled' ? 0 : failuresInRow + 1;
    inHand.release(entry.id, { isFinished: outcome !== 'retried' });
  }

  async function dispatch(entry: StreamEntry, attempt: number): Promise<void> {
    if (!inHand.take(entry.id)) return;
    const reading = readEntry(entry, member);
    if (reading.kind === 'event') {
      inHand.note(entry.id, Date.parse(reading.event.occurredAt));
      lanes.run(reading.event.aggregateId, () => handle(entry, reading.event, attempt));
      return;
    }
    if (reading.kind === 'pass') await acknowledge(member, entry.id);
    else await bury(member, entry, attempt, reading.error);
    inHand.release(entry.id, { isFinished: true });
  }

  const sweeper = createPendingSweeper({ member, inHand, dispatch, mayCarry: blockedRead.mayCarry });

  async function readOnce(): Promise<void> {
    if (!isRedisReady(blocking)) {
      await waitForRedis(blocking, 500);
      return;
    }
    if (needsGroup) {
      await ensureGroup(member);
      needsGroup = false;
    }
    const pause = slowdownMs(failuresInRow);
    if (pause > 0) await delay(pause);
    const room = inHand.room;
    if (room <= 0) {
      await inHand.freed();
      return;
    }
    const entries = await blockedRead.next(room);
    if (entries.length < room) caughtUpAt = Date.now();
    await Promise.all(entries.map((entry) => dispatch(entry, 1)));
  }

  async function readUntilStopped(): Promise<void> {
    while (!isStopping) {
      try {
        await readOnce();
      } catch (error) {
        if (isGroupMissing(error)) needsGroup = true;
        else if (!isStopping) {
          log.debug({ err: error, group, domain: member.domain }, 'reading events failed; trying again');
          await delay(100);
        }
      }
    }
  }

  const reading = readUntilStopped();

  return {
    lagMs() {
      const now = Date.now();
      const upTo = inHand.oldestUnfinished() ?? (blockedRead.isWaiting() ? now : caughtUpAt);
      return Math.max(0, now - upTo);
    },

    async stop() {
      isStopping = true;
      inHand.stopWaiting();
      sweeper.stop();
      await blockedRead.interruptUntil(reading);
      await Promise.race([lanes.drained(), delay(member.drainMs, undefined, { ref: false })]);
      await retireScript.run(commands, [keys.stream], [group, consumer]).catch(() => undefined);
      blocking.disconnect();
    },
  };
}
