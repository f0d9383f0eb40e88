import { type Client, createClient } from 'graphql-ws';
import { createStore, type Store } from './store.ts';
import { tokenStore } from './token-store.ts';

/** The state of the socket that carries subscriptions, in words for the bar. */
export interface SocketState {
  readonly phase: 'idle' | 'connecting' | 'connected' | 'closed';
  /** Why it was closed: code, reason and what it means. */
  readonly detail?: string;
}

/** Followed by the bar. */
export const socketState: Store<SocketState> = createStore<SocketState>({ phase: 'idle' });

const CLOSE_MEANINGS: Readonly<Record<number, string>> = {
  1000: 'done',
  1001: 'the gateway is going away; run again to reconnect',
  1006: 'the connection was lost',
  1013: 'the gateway could not send as fast as events came; try again later',
  4400: 'the gateway refused a message',
  4401: 'the session was revoked: log in again',
  4403: 'the token has expired or is not valid: log in again',
  4408: 'the gateway waited too long for the first message',
  4429: 'too many requests to open this socket',
  4500: 'the gateway failed',
};

/** `4403 token expired — the token …`, from what a close event carries. */
export const describeClose = (code: number, reason: string): string => {
  const meaning = CLOSE_MEANINGS[code];
  return [`${code} ${reason}`.trim(), meaning].filter(Boolean).join(' — ');
};

const url = (): string => new URL('/graphql', location.href).href.replace(/^http/, 'ws');

/**
 * One lazy graphql-transport-ws client for the page. The token is read at every (re)connect; a change of the token
 * closes the socket, because a socket keeps the identity it was opened with.
 */
export const createSocketClient = (): Client => {
  const client = createClient({
    url: url(),
    lazy: true,
    retryAttempts: 3,
    // 4401 and the like are final in graphql-ws; the page can't renew a token (4403) by itself either.
    shouldRetry: (reason) => !(reason instanceof CloseEvent) || reason.code !== 4403,
    connectionParams: () => {
      const { value } = tokenStore.get();
      return value === '' ? {} : { authorization: `Bearer ${value}` };
    },
    on: {
      connecting: () => socketState.set({ phase: 'connecting' }),
      connected: () => socketState.set({ phase: 'connected' }),
      closed: (event) => {
        if (event instanceof CloseEvent) {
          socketState.set({ phase: 'closed', detail: describeClose(event.code, event.reason) });
        } else socketState.set({ phase: 'closed' });
      },
    },
  });
  tokenStore.subscribe(() => client.terminate());
  return client;
};
