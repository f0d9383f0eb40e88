import { type Client, type ClientOptions, createClient, type Sink, type SubscribePayload } from 'graphql-ws/client';
import { type BackOff, waitBefore } from './back-off.ts';
import { RESUMABLE_CODES } from './codes.ts';
import { type CursorRule, isSubscription } from './cursor.ts';
import { iterateResults, type Result } from './result-iterator.ts';
import { type Interruption, subscribeResuming } from './resuming-subscription.ts';
import { renewTokens, type TokenSource } from './token-renewal.ts';

/** Options of {@link createLiveClient}. */
export interface LiveClientOptions {
  /** `wss://…/graphql` */
  readonly url: ClientOptions['url'];
  /** Asked at every connect, and before a token expires. Absent: anonymous. */
  readonly token?: TokenSource;
  /** Milliseconds before a token's end at which the next one is handed in. Default 60,000. */
  readonly renewBeforeMs?: number;
  /** Where cursors go and come from, where that isn't `after` and the `cursor` of the event. */
  readonly cursor?: CursorRule;
  readonly backOff?: BackOff;
  /** Codes after which to subscribe again, beside {@link RESUMABLE_CODES}. */
  readonly resumableCodes?: readonly string[];
  /** Told whenever a subscription pauses; a good place for "reconnecting …". */
  readonly onInterrupted?: (interruption: Interruption) => void;
  /**
   * Milliseconds between the client's own pings, as browsers don't notice a network that went away. Default 20,000; 0 for
   * none.
   */
  readonly keepAliveMs?: number;
  /** Milliseconds that a ping may stay without an answer before the gateway is taken for gone. Default 5,000. */
  readonly pongPatienceMs?: number;
  /** Everything else of graphql-ws, such as `webSocketImpl` outside of browsers. */
  readonly options?: Omit<ClientOptions, 'url' | 'connectionParams' | 'retryWait' | 'keepAlive'>;
}

/** Ends a connection whose pings aren't answered, so that graphql-ws opens another one. */
function endWhenSilent(client: Client, patienceMs = 5_000): void {
  let patience: ReturnType<typeof setTimeout> | undefined;
  const calm = () => clearTimeout(patience);
  client.on('ping', (isReceived) => {
    if (isReceived) return;
    calm();
    patience = setTimeout(() => client.terminate(), patienceMs);
  });
  client.on('pong', calm);
  client.on('closed', calm);
}

function connect({ url, token, keepAliveMs = 20_000, backOff, options }: LiveClientOptions): Client {
  return createClient({
    retryAttempts: Number.POSITIVE_INFINITY,
    // Whatever kept the socket from opening may go away.
    shouldRetry: () => true,
    connectionAckWaitTimeout: 10_000,
    ...options,
    url,
    keepAlive: keepAliveMs,
    retryWait: (retries) => new Promise((resolve) => setTimeout(resolve, waitBefore(retries, backOff))),
    async connectionParams() {
      const current = await token?.();
      return current === undefined ? {} : { authorization: `Bearer ${current}` };
    },
  });
}

/**
 * A graphql-ws client, to be given to whatever takes one (Apollo's `GraphQLWsLink`, urql's `subscriptionExchange`), whose
 * subscriptions go on from their last cursor after anything that goes away by itself: a lost connection, a restarted
 * gateway or service, a reader that was too slow. It keeps its token fresh, too.
 *
 * What is final reaches the sink as graphql-ws would tell it: a last result with `errors`, `error` with a list of errors,
 * or `error` with the close event.
 */
export function createLiveClient(options: LiveClientOptions): Client {
  const client = connect(options);
  endWhenSilent(client, options.pongPatienceMs);
  const stopRenewing = options.token
    ? renewTokens(client, { token: options.token, renewBeforeMs: options.renewBeforeMs, backOff: options.backOff })
    : () => undefined;
  const resumable = new Set([...RESUMABLE_CODES, ...(options.resumableCodes ?? [])]);
  const running = new Set<() => void>();

  function subscribe(payload: SubscribePayload, sink: Sink<Result>): () => void {
    if (!isSubscription(payload.query)) return client.subscribe(payload, sink);
    const stop = subscribeResuming(
      client,
      payload,
      {
        next: (result) => sink.next(result),
        error(error) {
          running.delete(stop);
          sink.error(error);
        },
        complete() {
          running.delete(stop);
          sink.complete();
        },
      },
      { ...options, isResumable: (codes) => codes.length > 0 && codes.every((code) => resumable.has(code)) },
    );
    running.add(stop);
    return stop;
  }

  return {
    on: client.on,
    subscribe: subscribe as Client['subscribe'],
    iterate: ((payload: SubscribePayload) => iterateResults((sink) => subscribe(payload, sink))) as Client['iterate'],
    terminate: client.terminate,
    dispose() {
      stopRenewing();
      for (const stop of running) stop();
      return client.dispose();
    },
  };
}
