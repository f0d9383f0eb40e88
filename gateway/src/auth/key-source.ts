import type { webcrypto } from 'node:crypto';
import type { Logger } from '@postbook/service-kit/edge';
import { createLocalJWKSet, errors, type FlattenedJWSInput, type JSONWebKeySet, type JWSHeaderParameters } from 'jose';
import { KeysUnavailableError } from '../errors/gateway-errors.ts';

/** Finds the public key a token was signed with; the signature is jose's. */
export type KeySource = (header: JWSHeaderParameters, token: FlattenedJWSInput) => Promise<webcrypto.CryptoKey>;

/** Options of {@link createKeySource}. */
export interface KeySourceOptions {
  /** Where auth publishes its keys. */
  readonly url: string;
  readonly log: Logger;
  /** After how long known keys are fetched anew, in milliseconds. Default 10 minutes. */
  readonly maxAgeMs?: number;
  /** The least time between two fetches, in milliseconds, however many unknown key ids come. Default 10 seconds. */
  readonly cooldownMs?: number;
  /** Default 5 seconds. */
  readonly timeoutMs?: number;
  /** Called whenever other keys are in force, for caches that depend on them. */
  readonly onChange?: () => void;
}

async function fetchKeys(url: string, timeoutMs: number): Promise<JSONWebKeySet> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: 'error' });
  if (!response.ok) throw new Error(`the key set answered ${response.status}`);
  return (await response.json()) as JSONWebKeySet;
}

/**
 * Keeps auth's public keys. A token with an unknown `kid` has them fetched again, at most once per cool-down: otherwise
 * made-up key ids would turn the gateway into a load generator against auth. Old keys stay in force while auth is away,
 * since logging everybody out would make a small outage a large one; with none known, KeysUnavailableError is thrown.
 */
export function createKeySource(options: KeySourceOptions): KeySource {
  const { url, log, maxAgeMs = 600_000, cooldownMs = 10_000, timeoutMs = 5_000 } = options;
  let known: ReturnType<typeof createLocalJWKSet> | undefined;
  let text = '';
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let underWay: Promise<void> | undefined;

  async function refresh(): Promise<void> {
    triedAt = performance.now();
    const keys = await fetchKeys(url, timeoutMs);
    known = createLocalJWKSet(keys);
    fetchedAt = performance.now();
    const isNew = JSON.stringify(keys) !== text;
    text = JSON.stringify(keys);
    if (isNew) options.onChange?.();
  }

  /** One fetch for all that wait. */
  const refreshOnce = () => {
    underWay ??= refresh().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };

  const mayTry = () => underWay !== undefined || performance.now() - triedAt >= cooldownMs;

  async function keys(): Promise<ReturnType<typeof createLocalJWKSet>> {
    // Without any key the cool-down doesn't apply: at start-up auth comes up a moment after the gateway.
    if (!known) await refreshOnce().catch((cause: unknown) => Promise.reject(new KeysUnavailableError(cause)));
    else if (performance.now() - fetchedAt > maxAgeMs && mayTry()) {
      refreshOnce().catch((error: unknown) =>
        log.warn({ err: error }, 'could not renew the keys; using the known ones'),
      );
    }
    if (!known) throw new KeysUnavailableError(undefined);
    return known;
  }

  return async (header, token) => {
    const find = await keys();
    try {
      return await find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !mayTry()) throw error;
      await refreshOnce().catch((cause: unknown) =>
        log.warn({ err: cause }, 'could not fetch keys for an unknown key id'),
      );
      return (await keys())(header, token);
    }
  };
}
