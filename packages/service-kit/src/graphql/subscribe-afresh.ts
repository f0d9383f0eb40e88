import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLFormattedError,
} from 'graphql';
import { BadUserInputError } from '../errors/app-error.ts';
import { caughtUpNotice, isLiveStream } from '../live/live-stream.ts';

/** Options of {@link subscribeAfresh}. */
export interface SubscribeAfreshOptions {
  /** Makes the context of one event. A dataloader that lived as long as the subscription would answer with old data. */
  freshContext(): unknown;
  /** Refuses fields that have no topic to offer. */
  readonly mustBeLive?: boolean | undefined;
  /** Masks what clients may not see. */
  mask(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError;
}

const isStream = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/** An error as clients receive it, in the class that the protocol's library wants. */
const asGraphqlError = ({ message, path, extensions }: GraphQLFormattedError): GraphQLError =>
  new GraphQLError(message, { path: path ?? null, extensions: extensions ?? null });

const masked = (result: ExecutionResult, mask: SubscribeAfreshOptions['mask']): ExecutionResult =>
  result.errors
    ? { ...result, errors: result.errors.map((error) => asGraphqlError(mask(error.toJSON(), error))) }
    : result;

/**
 * graphql-js's `subscribe` with a fresh context for every event, and with a source that fails told apart from one that
 * ends: the failure becomes a last event that carries its code, then the stream completes.
 *
 * The iterator is written by hand: a generator's `return()` waits for the pending `next()`, so a client that leaves
 * while nothing happens would keep its source for ever.
 */
export async function subscribeAfresh(
  args: ExecutionArgs,
  options: SubscribeAfreshOptions,
): Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>> {
  const source = await createSourceEventStream(args);
  if (!isStream(source)) return masked(source as ExecutionResult, options.mask);
  const events = source[Symbol.asyncIterator]();
  const live = isLiveStream(source) ? source : undefined;
  if (options.mustBeLive && !live) {
    await events.return?.();
    const originalError = new BadUserInputError('This subscription has no topic.');
    return masked({ errors: [new GraphQLError(originalError.message, { originalError })] }, options.mask);
  }
  let isDone = false;
  const finish = { done: true, value: undefined } as const;

  const results: AsyncIterableIterator<ExecutionResult> = {
    [Symbol.asyncIterator]: () => results,
    async next() {
      if (isDone) return finish;
      try {
        const event = await events.next();
        if (event.done || isDone) {
          isDone = true;
          return finish;
        }
        const notice = caughtUpNotice(event.value);
        if (notice) return { done: false, value: { data: null, extensions: { live: notice } } };
        const result = await execute({ ...args, rootValue: event.value, contextValue: options.freshContext() });
        const place = live ? { extensions: { live: { position: live.livePosition(event.value) } } } : {};
        return { done: false, value: { ...masked(result, options.mask), ...place } };
      } catch (cause) {
        isDone = true;
        const error =
          cause instanceof GraphQLError
            ? cause
            : new GraphQLError((cause as Error).message, { originalError: cause as Error });
        return { done: false, value: masked({ data: null, errors: [error] }, options.mask) };
      }
    },
    async return() {
      isDone = true;
      await events.return?.();
      return finish;
    },
    async throw(error) {
      isDone = true;
      await events.return?.();
      throw error;
    },
  };
  return results;
}
