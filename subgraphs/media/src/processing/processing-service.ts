import type { AnyEvent } from '@postbook/events';
import type { Component, Logger, MongoTransaction, Outbox, Transactor } from '@postbook/service-kit';
import type { MediaFile } from '../media/media.ts';
import { mediaFailed, mediaReady } from '../media/media-events.ts';
import { incomingFolder, type MediaStorage, servedFolder } from '../storage/storage.ts';
import type { ContentProcessor } from './content-processor.ts';
import { UnfitContentError } from './processed-content.ts';
import type { Claim, ProcessingRepository } from './processing-repository.ts';

/** How often a file is tried before it is given up. */
export const MAX_ATTEMPTS = 3;
/** How long a file waits before the next try, in milliseconds, times the tries so far. */
const RETRY_MS = 30_000;
/** How long a stop waits for the file that is being worked on, in milliseconds. */
const PATIENCE_MS = 3_000;
/** Files that are looked up at a time. */
const BATCH = 20;

/** What {@link createProcessingService} needs. */
export interface ProcessingOptions {
  readonly transactor: Transactor<MongoTransaction>;
  readonly repository: ProcessingRepository;
  readonly processor: ContentProcessor;
  readonly storage: MediaStorage;
  readonly outbox: Outbox<MongoTransaction>;
  readonly log: Logger;
  readonly now: () => Date;
  /** Files that this process works on at a time. */
  readonly concurrency: number;
  /** After how many milliseconds a file is taken from whoever works on it. */
  readonly leaseMs: number;
  /** Called when an event may wait. */
  onEvent(): void;
  /** Called when a file is worked on, ready, has failed or waits again. Must not throw. */
  onChanged(file: MediaFile): void;
}

/** Takes files through processing: at once where they came in, and by a job what was left behind. */
export interface ProcessingService extends Component {
  /** Has waiting files worked on, in the background. */
  kick(): void;
  /** Works on waiting files until there are none, or the signal says so. @returns how many. */
  drain(signal?: AbortSignal): Promise<number>;
  /** Takes files from processes that died with them. @returns how many. */
  reap(): Promise<number>;
}

/** Makes the service. */
export function createProcessingService(options: ProcessingOptions): ProcessingService {
  const { transactor, repository, processor, storage, outbox, log, now, concurrency, leaseMs } = options;
  let running = 0;
  let isKicked = false;
  let isStopping = false;
  const workers = new Set<Promise<unknown>>();

  async function settle(
    write: (tx: MongoTransaction) => Promise<MediaFile | undefined>,
    event: (file: MediaFile) => AnyEvent,
  ): Promise<MediaFile | undefined> {
    const settled = await transactor.run(async (tx) => {
      const file = await write(tx);
      if (file) await outbox.append(tx, [event(file)]);
      tx.afterCommit(options.onEvent);
      return file;
    });
    if (settled) options.onChanged(settled);
    return settled;
  }

  const fail = (claim: Claim, problem: string) =>
    settle((tx) => repository.fail(tx, claim, problem, now()), mediaFailed);

  async function removeBlobs({ id }: MediaFile): Promise<void> {
    await storage.removeAll(incomingFolder(id));
    await storage.removeAll(servedFolder(id));
  }

  /** Unfit content leaves nothing behind but the reason. */
  async function refuse(claim: Claim, problem: string): Promise<void> {
    if (await fail(claim, problem)) await removeBlobs(claim.file);
  }

  async function tryAgain(claim: Claim, delayMs: number): Promise<void> {
    if (claim.file.processingAttempts >= MAX_ATTEMPTS) return void (await fail(claim, 'GIVEN_UP'));
    const file = await repository.requeue(claim, new Date(now().getTime() + delayMs));
    if (file) options.onChanged(file);
  }

  async function work(claim: Claim): Promise<void> {
    const { file } = claim;
    options.onChanged(file);
    try {
      const result = await processor.process(file);
      const ready = await settle((tx) => repository.complete(tx, claim, result, now()), mediaReady);
      // What was uploaded goes: it may say where it was made. Should this fail, it goes with the file.
      if (ready) await storage.removeAll(incomingFolder(file.id));
      else if (!(await repository.isThere(file.id))) await removeBlobs(file);
    } catch (error) {
      if (error instanceof UnfitContentError) return refuse(claim, error.problem);
      log.warn({ err: error, mediaId: file.id }, 'a file could not be processed');
      await tryAgain(claim, RETRY_MS * file.processingAttempts);
    }
  }

  async function drain(signal?: AbortSignal): Promise<number> {
    let count = 0;
    for (;;) {
      const ids = await repository.waiting(now(), BATCH);
      let claimed = 0;
      for (const id of ids) {
        if (isStopping || signal?.aborted) return count;
        const claim = await repository.claim(id, now());
        if (!claim) continue;
        claimed += 1;
        await work(claim);
      }
      count += claimed;
      // Others work on what is left.
      if (claimed === 0) return count;
    }
  }

  function start(): void {
    running += 1;
    const worker = drain()
      .catch((error: unknown) => log.warn({ err: error }, 'waiting files could not be looked up'))
      .finally(() => {
        running -= 1;
        workers.delete(worker);
        if (!isKicked || isStopping) return;
        isKicked = false;
        start();
      });
    workers.add(worker);
  }

  return {
    name: 'processing',
    start: async () => undefined,
    async stop() {
      isStopping = true;
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, PATIENCE_MS);
      // What is not done by then is taken up again when its lease is over.
      await Promise.race([Promise.all(workers), late]);
      clearTimeout(timer);
    },

    kick() {
      if (isStopping) return;
      // A worker may be past the look-up in which it would have found it.
      if (running >= concurrency) isKicked = true;
      else start();
    },

    drain,

    async reap() {
      const stuck = await repository.stuck(new Date(now().getTime() - leaseMs), BATCH);
      for (const claim of stuck) await tryAgain(claim, 0);
      return stuck.length;
    },
  };
}
