import type { Client, Sink, SubscribePayload } from 'graphql-ws/client';
import { type BackOff, waitBefore } from './back-off.ts';
import { type CodedError, codesOf, retryAfterOf } from './codes.ts';
import { type CursorRule, readCursor } from './cursor.ts';
import type { Result } from './result-iterator.ts';

/** Why a subscription pauses, and when it is tried again. */
export interface Interruption {
  /** Codes of the errors that ended it; empty when the gateway completed it unasked, as it does when it stops. */
  readonly codes: readonly string[];
  readonly errors: readonly CodedError[];
  /** Milliseconds until it is subscribed again. */
  readonly waitMs: number;
  /** Where it will go on; undefined when no cursor is known. */
  readonly cursor: string | undefined;
}

/** How subscriptions are resumed. */
export interface ResumeOptions {
  readonly cursor?: CursorRule;
  readonly backOff?: BackOff;
  /** Whether errors with these codes go away by themselves. */
  readonly isResumable: (codes: readonly string[]) => boolean;
  readonly onInterrupted?: ((interruption: Interruption) => void) | undefined;
}

/** Errors of a result that is nothing but errors. */
const failureOf = ({ data, errors }: Result): readonly CodedError[] | undefined =>
  data === null || data === undefined ? errors : undefined;

const isErrorList = (error: unknown): error is readonly CodedError[] => Array.isArray(error);

/**
 * Subscribes, and again from the last cursor whenever the subscription ends for a reason that goes away. Nothing is
 * dropped or compared here: the service begins behind the cursor, which is that of the last event whose handling returned.
 *
 * @returns how to unsubscribe.
 */
export function subscribeResuming(
  client: Pick<Client, 'subscribe'>,
  payload: SubscribePayload,
  sink: Sink<Result>,
  options: ResumeOptions,
): () => void {
  const { cursor: rule = {}, isResumable, onInterrupted } = options;
  const variable = rule.variable ?? 'after';
  const given = payload.variables?.[variable];
  let cursor = typeof given === 'string' ? given : undefined;
  let attempt = 0;
  let isOver = false;
  let isFinal = false;
  let held: Result | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let unsubscribe = () => {};

  // graphql-ws writes the payload anew whenever it connects again: the cursor of that moment is what it finds.
  const resumed: SubscribePayload = {
    ...payload,
    get variables() {
      return cursor === undefined ? payload.variables : { ...payload.variables, [variable]: cursor };
    },
  };

  function deliver(result: Result): void {
    sink.next(result);
    attempt = 0;
    cursor = readCursor(result.data, rule) ?? cursor;
  }

  function deliverHeld(): void {
    const result = held;
    held = undefined;
    if (result) deliver(result);
  }

  function finish(tell: () => void): void {
    if (isOver) return;
    isOver = true;
    tell();
  }

  function resume(errors: readonly CodedError[]): void {
    held = undefined;
    const waitMs = Math.max(waitBefore(attempt, options.backOff), retryAfterOf(errors));
    attempt += 1;
    timer = setTimeout(start, waitMs);
    onInterrupted?.({ codes: codesOf(errors), errors, waitMs, cursor });
  }

  /** A failure is the end only if `complete` follows; until then it may be one event's own. */
  function next(result: Result): void {
    if (isOver) return;
    deliverHeld();
    const errors = failureOf(result);
    if (errors && isResumable(codesOf(errors))) {
      held = result;
      return;
    }
    deliver(result);
    isFinal = errors !== undefined;
  }

  function complete(): void {
    if (isOver) return;
    const errors = held && failureOf(held);
    if (errors) resume(errors);
    else if (!isFinal && cursor !== undefined) resume([]);
    else finish(() => sink.complete());
  }

  function fail(error: unknown): void {
    if (isOver) return;
    if (isErrorList(error) && isResumable(codesOf(error))) resume(error);
    else finish(() => sink.error(error));
  }

  function start(): void {
    isFinal = false;
    unsubscribe = client.subscribe(resumed, { next, complete, error: fail });
  }

  start();
  return () => {
    clearTimeout(timer);
    // While it waits there is nothing that graphql-ws could complete.
    finish(() => sink.complete());
    unsubscribe();
  };
}
