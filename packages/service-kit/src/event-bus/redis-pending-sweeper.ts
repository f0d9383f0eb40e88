import { isRedisReady } from '../redis/create-redis.ts';
import type { EntriesInHand } from './entries-in-hand.ts';
import { streamBacklog } from './redis-backlog.ts';
import { bury, type GroupMember, HANDED_OVER_IDLE_MS } from './redis-entry-handler.ts';
import { type PendingEntry, parseEntries, parseInfo, parsePending, type StreamEntry } from './redis-stream-entry.ts';
import { retireScript } from './redis-stream-scripts.ts';
import { trimStream } from './redis-stream-trim.ts';

const PAGE = 100;
const HOUSEKEEPING_MS = 30_000;
/** Members that crashed leave their names behind; after this long without a sign they are removed. */
const FORGOTTEN_MEMBER_MS = 60 * 60_000;

/** What {@link createPendingSweeper} needs of the reader. */
export interface PendingSweeperOptions {
  readonly member: GroupMember;
  readonly inHand: EntriesInHand;
  readonly dispatch: (entry: StreamEntry, attempt: number) => Promise<void>;
  /** Whether an entry given to this member then may still be on its way to it. */
  readonly mayCarry: (deliveredAt: number) => boolean;
}

/** Looks after delivered and unacknowledged entries from time to time. */
export interface PendingSweeper {
  stop(): void;
}

/**
 * Gives pending entries another try when their wait is over: failed ones of this member after the retry delay, those of
 * other members when they have shown no sign of life for long enough. Entries in hand are reported alive meanwhile.
 */
export function createPendingSweeper(options: PendingSweeperOptions): PendingSweeper {
  const { member, inHand, dispatch, mayCarry } = options;
  const { keys, group, consumer, commands, log } = member;
  let isStopped = false;
  let nextHeartbeatAt = Date.now() + member.claimIdleMs / 3;
  let nextHousekeepingAt = Date.now() + HOUSEKEEPING_MS * Math.random();

  /** How long the entry must have been idle before this member may try it. */
  const requiredIdle = (entry: PendingEntry): number => {
    const wait = member.retryDelayMs(Math.max(1, entry.deliveries));
    return entry.owner === consumer ? wait : Math.max(member.claimIdleMs, wait);
  };

  /**
   * An entry that this member was given and has not seen: the answer of its read comes on another connection and may be
   * overtaken by the list of pending ones. Taken for abandoned, it would be tried twice, or buried untried.
   */
  const isOnItsWay = (entry: PendingEntry, listedAt: number): boolean =>
    entry.owner === consumer && !inHand.isUnfinished(entry.id) && mayCarry(listedAt - entry.idleMs);

  /** Takes the entry over. Of several members only the first succeeds, as the claim resets the idle time. */
  async function claim(pending: PendingEntry): Promise<void> {
    const reply = await commands.xclaim(keys.stream, group, consumer, requiredIdle(pending), pending.id);
    const [entry] = parseEntries(reply);
    if (!entry) return;
    if (pending.deliveries < member.maxAttempts) return dispatch(entry, pending.deliveries + 1);
    // It was never acknowledged nor buried in all its tries: it takes the process down whenever it is handled.
    await bury(member, entry, pending.deliveries, new Error('the process ended while handling the event'));
  }

  async function retryPending(): Promise<void> {
    const stillPending = new Set<string>();
    for (let start = '-'; !isStopped; ) {
      const page = parsePending(await commands.xpending(keys.stream, group, start, '+', PAGE));
      const listedAt = Date.now();
      for (const entry of page) {
        stillPending.add(entry.id);
        if (isStopped || inHand.room <= 0) return;
        if (inHand.ids.has(entry.id) || isOnItsWay(entry, listedAt)) continue;
        const handedOver = entry.owner !== consumer && entry.idleMs >= HANDED_OVER_IDLE_MS;
        if (handedOver || entry.idleMs >= requiredIdle(entry)) await claim(entry);
      }
      const last = page.at(-1);
      if (!last || page.length < PAGE) break;
      start = `(${last.id}`;
    }
    // Only a look at all of them tells what is gone.
    if (!isStopped) inHand.forgetUnless(stillPending);
  }

  async function heartbeat(): Promise<void> {
    if (Date.now() < nextHeartbeatAt || inHand.ids.size === 0) return;
    nextHeartbeatAt = Date.now() + member.claimIdleMs / 3;
    await commands.call('XCLAIM', keys.stream, group, consumer, 0, ...inHand.ids, 'JUSTID');
  }

  async function housekeeping(): Promise<void> {
    if (Date.now() < nextHousekeepingAt) return;
    nextHousekeepingAt = Date.now() + HOUSEKEEPING_MS;
    await trimStream(commands, keys.stream, Date.now());
    const backlog = (await streamBacklog(commands, keys.stream)).get(group);
    if (backlog !== undefined) member.metrics.backlog(group, member.domain, backlog);
    for (const info of parseInfo(await commands.xinfo('CONSUMERS', keys.stream, group))) {
      const isForgotten = info.pending === 0 && Number(info.idle) > FORGOTTEN_MEMBER_MS && info.name !== consumer;
      if (isForgotten) await retireScript.run(commands, [keys.stream], [group, String(info.name)]);
    }
  }

  async function sweep(): Promise<void> {
    if (!isRedisReady(commands)) return;
    await heartbeat();
    await retryPending();
    await housekeeping();
  }

  let timer: NodeJS.Timeout;
  const schedule = () => {
    timer = setTimeout(async () => {
      await sweep().catch((error: unknown) => log.debug({ err: error, group }, 'a look at the pending events failed'));
      if (!isStopped) schedule();
    }, member.sweepMs);
    timer.unref();
  };
  schedule();

  return {
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
