import type { Component, Logger } from '@postbook/service-kit';
import type { SecretBox } from '../secrets/secret-box.ts';
import type { Mail, MailTransport } from './mail.ts';
import type { ClaimedMail, MailOutboxRepository } from './mail-outbox-repository.ts';
import { renderMail } from './mail-templates.ts';

/** Mails taken at a time. */
const BATCH = 10;
/** How long a batch is this process's, in milliseconds: longer than ten sends that time out. */
const LEASE_MS = 5 * 60_000;
/** How often waiting mails are looked for when nobody rings, in milliseconds. */
const IDLE_MS = 1_000;
/** How many times a mail is tried: over about two hours. */
const MAX_ATTEMPTS = 12;
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 20 * 60_000;

/** Milliseconds after failed try number `attempt`: 2 s, 4 s … at most 20 min. */
export const mailRetryDelayMs = (attempt: number): number =>
  Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), LONGEST_RETRY_MS);

/** Sends what waits. */
export interface MailWorker extends Component {
  /** Says that a mail may wait now: it is looked for at once. */
  kick(): void;
}

/** What a failure may say in the database and the log: its kind. A server's answer may repeat address or content. */
const reasonOf = (error: unknown) => {
  const { code, responseCode, name } = error as { code?: unknown; responseCode?: unknown; name?: unknown };
  return [code ?? name ?? 'Error', responseCode].filter((part) => part !== undefined).join(' ');
};

/**
 * Takes mails from the outbox and sends them, each at least once: should the process die between the sending and its
 * note, the mail is sent again with the same Message-ID. Any number of processes share the work.
 */
export function createMailWorker(options: {
  repository: MailOutboxRepository;
  box: SecretBox;
  transport: MailTransport;
  log: Logger;
}): MailWorker {
  const { repository, box, transport, log } = options;
  let isStopping = false;
  let running: Promise<void> | undefined;
  let wake: () => void = () => undefined;

  async function sendOne({ mailId, kind, sealed, attempt }: ClaimedMail) {
    try {
      const mail = JSON.parse(box.open(sealed, mailId).toString()) as Mail;
      await transport.send(mailId, mail.to, renderMail(mail));
    } catch (error) {
      const reason = reasonOf(error);
      const isLast = attempt >= MAX_ATTEMPTS;
      log.warn(
        { mailId, kind, attempt, reason },
        isLast ? 'a mail was given up' : 'a mail could not be sent; it is tried again',
      );
      if (isLast) return repository.giveUp(mailId, reason);
      return repository.retryLater(mailId, mailRetryDelayMs(attempt), reason);
    }
    await repository.markSent(mailId);
  }

  /** Whether there may be more. */
  async function sendBatch(): Promise<boolean> {
    const mails = await repository.claim(BATCH, LEASE_MS);
    for (const mail of mails) await sendOne(mail);
    return mails.length === BATCH;
  }

  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, IDLE_MS);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  async function run() {
    while (!isStopping) {
      // Made before the look, so that a ring during it is not lost.
      const pausing = pause();
      const hasMore = await sendBatch().catch((error: unknown) => {
        log.warn({ err: error }, 'mails that wait could not be read; trying again');
        return false;
      });
      if (hasMore || isStopping) wake();
      await pausing;
    }
  }

  return {
    name: 'mail worker',
    kick: () => wake(),
    async start() {
      running = run();
    },
    async stop() {
      isStopping = true;
      wake();
      await running;
      transport.close();
    },
  };
}
