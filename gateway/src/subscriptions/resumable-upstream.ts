import type { UpstreamEnd } from '../upstream/subgraph-socket.ts';
import type { UpstreamEvent, UpstreamSink } from '../upstream/subgraph-sockets.ts';

/** How an upstream ended for good. */
export type UpstreamEnding = Exclude<UpstreamEnd, { kind: 'lost' }> | { readonly kind: 'unavailable' };

/** Options of {@link createResumableUpstream}. */
export interface ResumableUpstreamOptions {
  /** Opens it behind what was received so far; returns how to end it. A patient one waits for the subgraph. */
  readonly open: (sink: UpstreamSink, isPatient: boolean) => () => void;
  /** Whether it is known where to go on. */
  readonly canResume: () => boolean;
  /** Called before it is opened again; false when it must not be. */
  readonly beforeResume: () => boolean | Promise<boolean>;
  readonly onEvent: (event: UpstreamEvent) => void;
  readonly onEnd: (ending: UpstreamEnding) => void;
  /** Called each time it goes on after a loss. */
  readonly onResume?: (() => void) | undefined;
  /** How long the subgraph may stay away, in milliseconds. */
  readonly patienceMs: number;
}

/** An upstream that survives the loss of its connection. */
export interface ResumableUpstream {
  /** Ends it; neither callback is called any more. */
  stop(): void;
  /**
   * Drops it and opens it again, behind what was received so far.
   *
   * @param spreadMs upper bound of a random pause, in milliseconds, where many do so at once.
   */
  restart(spreadMs?: number): void;
}

/** What a subgraph's last words may be when it can't go on, which is no decision about the subscription. */
const UNAVAILABLE = 'UNAVAILABLE';

/** An upstream that was sent and not lost for so long, in milliseconds, is there. */
const SETTLED_MS = 1_000;
/** How long the subgraph is waited for in one place, in milliseconds; then it is looked up where it is. */
const SEARCH_MS = 2_000;
/** Bounds of the pause before it is opened once more without having said anything, in milliseconds. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

const isUnavailable = (errors: readonly { readonly extensions?: { code?: unknown } }[] | undefined): boolean =>
  errors !== undefined && errors.length > 0 && errors.every(({ extensions }) => extensions?.code === UNAVAILABLE);

/** Opens an upstream, and opens it again behind the last event whenever its connection is lost. */
export function createResumableUpstream(options: ResumableUpstreamOptions): ResumableUpstream {
  let closeCurrent: (() => void) | undefined;
  let isStopped = false;
  let patience: NodeJS.Timeout | undefined;
  let settling: NodeJS.Timeout | undefined;
  let searching: NodeJS.Timeout | undefined;
  let pausing: NodeJS.Timeout | undefined;
  /** Until it is known to work: what can't be had in the first place is an error at once. */
  let isFirst = true;
  /** Openings in a row that said nothing. */
  let fruitless = 0;
  /** Distinguishes openings: what an earlier one still says is not listened to. */
  let opening = 0;

  function close(): void {
    opening += 1;
    clearTimeout(settling);
    clearTimeout(searching);
    clearTimeout(pausing);
    closeCurrent?.();
    closeCurrent = undefined;
  }

  function calm(): void {
    clearTimeout(patience);
    clearTimeout(settling);
    patience = undefined;
  }

  function stop(): void {
    isStopped = true;
    close();
    calm();
  }

  function end(ending: UpstreamEnding): void {
    if (isStopped) return;
    stop();
    options.onEnd(ending);
  }

  function receive(event: UpstreamEvent): void {
    const { answer } = event;
    if (answer && !answer.data && isUnavailable(answer.errors) && !isFirst && options.canResume()) {
      resume();
      return;
    }
    isFirst = false;
    fruitless = 0;
    calm();
    options.onEvent(event);
  }

  function endOf(how: UpstreamEnd): void {
    const isPassing = how.kind === 'lost' || (how.kind === 'refused' && isUnavailable(how.errors));
    const isUnreachable = isFirst && !(how.kind === 'lost' && how.wasReached);
    if (isPassing && !isUnreachable && options.canResume()) resume();
    else end(how.kind === 'lost' ? { kind: 'unavailable' } : how);
  }

  function open(isPatient: boolean): void {
    opening += 1;
    const own = opening;
    const ifCurrent = (work: () => void) => {
      if (own === opening && !isStopped) work();
    };
    if (isPatient) searching = setTimeout(search, SEARCH_MS * (0.5 + Math.random()));
    const closeThis = options.open(
      {
        sent: () =>
          ifCurrent(() => {
            clearTimeout(searching);
            if (patience) settling = setTimeout(calm, SETTLED_MS);
          }),
        next: (event) => ifCurrent(() => receive(event)),
        end: (how) =>
          ifCurrent(() => {
            closeCurrent = undefined;
            endOf(how);
          }),
      },
      isPatient,
    );
    if (own === opening && !isStopped) closeCurrent = closeThis;
    else closeThis();
  }

  async function reopen(own: number): Promise<void> {
    try {
      const isAllowed = await options.beforeResume();
      if (isAllowed && own === opening && !isStopped) open(true);
    } catch {
      end({ kind: 'unavailable' });
    }
  }

  /** The subgraph may have moved, or its operation be another one, by a new supergraph. */
  function search(): void {
    close();
    void reopen(opening);
  }

  /** From the first loss on the subgraph has its time to come back. */
  function resume(spreadMs = 0): void {
    isFirst = false;
    close();
    patience ??= setTimeout(() => end({ kind: 'unavailable' }), options.patienceMs);
    const own = opening;
    const pause = fruitless === 0 ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** fruitless, LONGEST_PAUSE_MS);
    const wait = pause * (0.5 + Math.random() / 2) + spreadMs * Math.random();
    fruitless += 1;
    options.onResume?.();
    if (wait === 0) void reopen(own);
    else pausing = setTimeout(() => void reopen(own), wait);
  }

  open(false);

  return {
    stop,
    restart(spreadMs) {
      if (!isStopped) resume(spreadMs);
    },
  };
}
