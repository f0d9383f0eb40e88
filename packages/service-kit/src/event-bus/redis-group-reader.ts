import { setTimeout as delay } from 'node:timers/promises';
import { isRedisReady, type RedisClient, waitForRedis } from '../redis/create-redis.ts';
import { createAggregateLanes } from './aggregate-lanes.ts';
import { acknowledge, bury, type GroupMember, handleOnce, readEntry } from './redis-entry-handler.ts';
import { createPendingSweeper } from './redis-pending-sweeper.ts';
import { parseRead, type StreamEntry } from './redis-stream-entry.ts';
import { retireScript } from './redis-stream-scripts.ts';

/** How long one read waits for new entries. */
const BLOCK_MS = 2_000;
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

const isNoGroup = (error: unknown): boolean => error instanceof Error && /NOGROUP|UNBLOCKED/.test(error.message);

/** Creates stream and group where they are missing. From 0: whatever is kept has not been delivered to a new group. */
async function ensureGroup(member: GroupMember): Promise<void> {
  await member.commands.xgroup('CREATE', member.keys.stream, member.group, '0', 'MKSTREAM').catch((error: unknown) => {
    if (!(error instanceof Error && error.message.startsWith('BUSYGROUP'))) throw error;
  });
}

/** Starts reading in the background. `blocking` is the reader's own connection, ended with it. */
export function startGroupReader(member: GroupMember, blocking: RedisClient): GroupReader {
  const { keys, group, consumer, commands, log } = member;
  const lanes = createAggregateLanes(member.concurrency);
  const prefetch = member.concurrency * PREFETCH_PER_LANE;
  /** Entries in this member's hands. */
  const inFlight = new Set<string>();
  /** When the events happened that this member has seen and not finished, those waiting for a retry included. */
  const unfinished = new Map<string, number>();
  let freeSlot = Promise.withResolvers<void>();
  let isStopping = false;
  let needsGroup = true;
  let failuresInRow = 0;
  let readStartedAt = 0;
  let caughtUpAt = Date.now();

  const release = (id: string) => {
    inFlight.delete(id);
    freeSlot.resolve();
    freeSlot = Promise.withResolvers<void>();
  };

  async function dispatch(entry: StreamEntry, attempt: number): Promise<void> {
    if (inFlight.has(entry.id)) return;
    inFlight.add(entry.id);
    const reading = readEntry(entry, member);
    if (reading.kind !== 'event') {
      if (reading.kind === 'pass') await acknowledge(member, entry.id);
      else await bury(member, entry, attempt, reading.error);
      release(entry.id);
      return;
    }
    const { event } = reading;
    unfinished.set(entry.id, Date.parse(event.occurredAt));
    lanes.run(event.aggregateId, async () => {
      if (!isStopping) {
        const outcome = await handleOnce(member, entry, event, attempt);
        failuresInRow = outcome === 'handled' ? 0 : failuresInRow + 1;
        if (outcome !== 'retried') unfinished.delete(entry.id);
      } else {
        await handOver(entry.id, attempt);
      }
      release(entry.id);
    });
  }

  /** Makes an untouched entry look long abandoned, so that another member takes it at once, as the same try. */
  async function handOver(id: string, attempt: number): Promise<void> {
    await commands
      .call('XCLAIM', keys.stream, group, consumer, 0, id, 'IDLE', 86_400_000, 'RETRYCOUNT', attempt - 1, 'JUSTID')
      .catch(() => undefined);
  }

  const sweeper = createPendingSweeper({
    member,
    inFlight,
    room: () => prefetch - inFlight.size,
    dispatch,
    onFinishedElsewhere: (stillPending) => {
      for (const id of unfinished.keys()) if (!stillPending.has(id) && !inFlight.has(id)) unfinished.delete(id);
    },
  });

  async function readOnce(): Promise<void> {
    if (!isRedisReady(blocking)) {
      await waitForRedis(blocking, 500);
      return;
    }
    if (needsGroup) {
      await ensureGroup(member);
      needsGroup = false;
    }
    if (failuresInRow >= FAILURES_BEFORE_SLOWING) {
      await delay(Math.min(100 * 2 ** Math.min(failuresInRow - FAILURES_BEFORE_SLOWING, 6), 5_000));
    }
    const room = prefetch - inFlight.size;
    if (room <= 0) {
      await freeSlot.promise;
      return;
    }
    readStartedAt = Date.now();
    const reply = await blocking.xreadgroup(
      'GROUP',
      group,
      consumer,
      'COUNT',
      room,
      'BLOCK',
      BLOCK_MS,
      'STREAMS',
      keys.stream,
      '>', // biome-ignore format: one command
    );
    const entries = parseRead(reply);
    if (entries.length < room) caughtUpAt = Date.now();
    readStartedAt = 0;
    await Promise.all(entries.map((entry) => dispatch(entry, 1)));
  }

  async function readUntilStopped(): Promise<void> {
    while (!isStopping) {
      try {
        await readOnce();
      } catch (error) {
        readStartedAt = 0;
        if (isNoGroup(error)) needsGroup = true;
        else if (!isStopping) {
          log.debug({ err: error, group, domain: member.domain }, 'reading events failed; trying again');
          // A read that was not answered leaves the connection unusable: begin with a new one.
          if (isRedisReady(blocking) && /timed? ?out/i.test(String(error))) blocking.disconnect(true);
          await delay(100);
        }
      }
    }
  }

  const reading = readUntilStopped();

  /** Ends a waiting read in an orderly way: cutting the connection could lose an entry on its way until it is claimed. */
  async function interruptRead(): Promise<void> {
    let hasEnded = false;
    const ended = reading.then(() => {
      hasEnded = true;
    });
    while (!hasEnded) {
      const wasReached = await unblock().catch(() => false);
      if (!wasReached && blocking.status !== 'end') blocking.disconnect();
      await Promise.race([ended, delay(50)]);
    }
  }

  /** False when the server can't be asked to. */
  async function unblock(): Promise<boolean> {
    const clients = String(await commands.client('LIST', 'TYPE', 'NORMAL'));
    const own = clients.split('\n').find((line) => line.includes(` name=${blocking.options.connectionName} `));
    const id = own?.match(/^id=(\d+)/)?.[1];
    if (id) await commands.client('UNBLOCK', id);
    return id !== undefined;
  }

  return {
    lagMs() {
      const now = Date.now();
      const isWaiting = readStartedAt > 0 && now - readStartedAt < BLOCK_MS + 1_000 && isRedisReady(blocking);
      const upTo = unfinished.size > 0 ? Math.min(...unfinished.values()) : isWaiting ? now : caughtUpAt;
      return Math.max(0, now - upTo);
    },
    async stop() {
      isStopping = true;
      freeSlot.resolve();
      sweeper.stop();
      await interruptRead();
      await Promise.race([lanes.drained(), delay(member.drainMs, undefined, { ref: false })]);
      await retireScript.run(commands, [keys.stream], [group, consumer]).catch(() => undefined);
      blocking.disconnect();
    },
  };
}
