import type { FormattedExecutionResult } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Variables } from './graphql-client.ts';

/** One running subscription, events in the order in which they came. */
export interface TestSubscription<Data> {
  /** All events so far. */
  readonly events: ReadonlyArray<FormattedExecutionResult<Data>>;
  /** The next event that was not taken yet. @throws Error when the subscription ends first or nothing comes in time. */
  next(timeoutMs?: number): Promise<FormattedExecutionResult<Data>>;
  /** Takes events until the predicate holds and returns that one. */
  nextWhere(
    predicate: (event: FormattedExecutionResult<Data>) => boolean,
    timeoutMs?: number,
  ): Promise<FormattedExecutionResult<Data>>;
  /** Resolves when the server completed it; rejects with what ended it otherwise. */
  readonly done: Promise<void>;
  /** Unsubscribes. */
  stop(): void;
}

/** A graphql-transport-ws connection. */
export interface Subscriber {
  readonly client: Client;
  subscribe<Data = Record<string, unknown>>(
    query: string,
    variables?: Variables,
    extensions?: Record<string, unknown>,
  ): TestSubscription<Data>;
  /** Code and reason of the socket's end. */
  readonly closed: Promise<{ code: number; reason: string }>;
  /** Closes as a browser would. */
  close(): Promise<void>;
  /** Cuts the connection without a word. */
  terminate(): void;
}

/** Options of {@link createSubscriber}. */
export interface SubscriberOptions {
  /** `ws://…/graphql` */
  readonly url: string;
  readonly token?: string | undefined;
  /** How often to reconnect. Default: never. */
  readonly retryAttempts?: number;
}

/** Opens subscriptions as a front end would, over the official graphql-ws client. */
export function createSubscriber(options: SubscriberOptions): Subscriber {
  const closed = Promise.withResolvers<{ code: number; reason: string }>();
  const client = createClient({
    url: options.url,
    webSocketImpl: WebSocket,
    retryAttempts: options.retryAttempts ?? 0,
    lazyCloseTimeout: 0,
    ...(options.token ? { connectionParams: { authorization: `Bearer ${options.token}` } } : {}),
    onNonLazyError: () => undefined,
    on: { closed: (event) => closed.resolve(event as { code: number; reason: string }) },
  });
  return {
    client,
    closed: closed.promise,
    subscribe: (query, variables, extensions) => openSubscription(client, query, variables, extensions),
    close: async () => client.dispose(),
    terminate: () => client.terminate(),
  };
}

function openSubscription<Data>(
  client: Client,
  query: string,
  variables: Variables = {},
  extensions?: Record<string, unknown>,
): TestSubscription<Data> {
  const events: FormattedExecutionResult<Data>[] = [];
  const done = Promise.withResolvers<void>();
  done.promise.catch(() => undefined);
  let taken = 0;
  let wake = Promise.withResolvers<void>();
  let isOver = false;
  const end = (error?: unknown) => {
    isOver = true;
    if (error === undefined) done.resolve();
    else done.reject(error);
    wake.resolve();
  };
  const unsubscribe = client.subscribe<Data>(
    { query, variables: { ...variables }, ...(extensions ? { extensions } : {}) },
    {
      next(event) {
        events.push(event as FormattedExecutionResult<Data>);
        wake.resolve();
      },
      error: (error) => end(error ?? new Error('the subscription failed')),
      complete: () => end(),
    },
  );

  async function next(timeoutMs = 30_000) {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const event = events[taken];
      if (event) {
        taken += 1;
        return event;
      }
      if (isOver) {
        await done.promise;
        throw new Error('the subscription completed without another event');
      }
      wake = Promise.withResolvers<void>();
      const timer = setTimeout(wake.resolve, deadline - performance.now());
      await wake.promise;
      clearTimeout(timer);
      if (!events[taken] && !isOver && performance.now() >= deadline) {
        throw new Error(`no event within ${timeoutMs} ms; so far: ${JSON.stringify(events)}`);
      }
    }
  }

  return {
    events,
    next,
    async nextWhere(predicate, timeoutMs) {
      for (;;) {
        const event = await next(timeoutMs);
        if (predicate(event)) return event;
      }
    },
    done: done.promise,
    stop: unsubscribe,
  };
}
