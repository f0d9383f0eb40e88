import type { Client } from 'graphql-ws/client';
import { type BackOff, waitBefore } from './back-off.ts';

/** Gives the access token of the moment, refreshed if need be; undefined for somebody who isn't logged in. */
export type TokenSource = () => Promise<string | undefined> | string | undefined;

/** Options of {@link renewTokens}. */
export interface TokenRenewalOptions {
  readonly token: TokenSource;
  /** Milliseconds before the token's end at which the next one is handed in. Default 60,000. */
  readonly renewBeforeMs?: number | undefined;
  readonly backOff?: BackOff | undefined;
}

/** The part of a WebSocket that is used here. */
interface OpenSocket {
  readonly readyState: number;
  send(data: string): void;
}

const OPEN = 1;
/** Longest delay that timers can have, in milliseconds. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** When the token that the gateway knows expires, as its answers say. */
function expiryOf(payload: unknown): number | undefined {
  const moment =
    isRecord(payload) && typeof payload.expiresAt === 'string' ? Date.parse(payload.expiresAt) : Number.NaN;
  return Number.isNaN(moment) ? undefined : moment;
}

/**
 * Keeps a live socket's token fresh: the gateway says in `connection_ack` until when a token is good, and takes the next
 * one in a ping. Should that fail until the end, the gateway closes with 4403 and graphql-ws connects with a fresh token.
 *
 * @returns how to stop.
 */
export function renewTokens(client: Pick<Client, 'on'>, options: TokenRenewalOptions): () => void {
  const { token, renewBeforeMs = 60_000, backOff } = options;
  let socket: OpenSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;

  function schedule(delayMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(handIn, Math.min(Math.max(delayMs, 0), LONGEST_DELAY_MS));
  }

  function retry(): void {
    schedule(waitBefore(attempt, backOff));
    attempt += 1;
  }

  function waitUntil(expiresAt: number): void {
    attempt = 0;
    const left = expiresAt - Date.now();
    // A token that lives for less than that is handed in anew after half of its life.
    schedule(Math.max(left - renewBeforeMs, left / 2));
  }

  async function handIn(): Promise<void> {
    const receiver = socket;
    try {
      const fresh = await token();
      if (!receiver || receiver !== socket || receiver.readyState !== OPEN || fresh === undefined) return;
      receiver.send(JSON.stringify({ type: 'ping', payload: { authorization: `Bearer ${fresh}` } }));
    } catch {
      retry();
    }
  }

  const stops = [
    client.on('connected', (opened, payload) => {
      socket = opened as OpenSocket;
      const expiresAt = expiryOf(payload);
      if (expiresAt !== undefined) waitUntil(expiresAt);
    }),
    client.on('pong', (_received, payload) => {
      if (!isRecord(payload)) return;
      const expiresAt = expiryOf(payload);
      if (payload.authorization === 'accepted' && expiresAt !== undefined) waitUntil(expiresAt);
      else if (payload.authorization === 'refused') retry();
    }),
    client.on('closed', () => {
      socket = undefined;
      clearTimeout(timer);
    }),
  ];
  return () => {
    clearTimeout(timer);
    for (const stop of stops) stop();
  };
}
