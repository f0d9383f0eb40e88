import type { Logger, RedisClient } from '@postbook/service-kit';

/**
 * How long a revocation is remembered, in seconds: longer than any access token lives that it must outlast, with room
 * for clocks that differ.
 */
export const REVOCATION_TTL_SECONDS = 15 * 60;

/** Tells every gateway at once that tokens are no longer good. */
export interface Revocations {
  /** Denies all access tokens of the sessions. */
  revokeSessions(sessionIds: readonly string[], reason: string): Promise<void>;
  /** Denies all access tokens of the user that were issued before then. */
  revokeUser(userId: string, notBefore: Date, reason: string): Promise<void>;
}

/**
 * Revocations over Redis. A key per session or user, for gateways that ask or start; a message on
 * `<namespace>:revocations`, for those that run:
 *
 *     <namespace>:revoked:sid:<sessionId>    the reason
 *     <namespace>:revoked:user:<userId>      not-before in milliseconds since 1970
 *     {"kind":"session","sessionId":"…"}     {"kind":"user","userId":"…","notBefore":1767225600000}
 *
 * Best effort: a failure is logged, never thrown. The rows of the database are the truth, and the event SessionRevoked,
 * committed with them, has the notice written again once Redis is back.
 */
export function createRedisRevocations(options: { redis: RedisClient; namespace: string; log: Logger }): Revocations {
  const { redis, namespace } = options;
  const channel = `${namespace}:revocations`;
  const attempt = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) =>
        options.log.warn({ err: error }, 'a revocation did not reach Redis; its event will repeat it'),
    );

  async function announce(notices: ReadonlyArray<{ key: string; value: string; message: object }>) {
    const pipeline = redis.pipeline();
    for (const { key, value, message } of notices) {
      // The key first: who hears the message and looks must find it.
      pipeline.set(key, value, 'EX', REVOCATION_TTL_SECONDS);
      pipeline.publish(channel, JSON.stringify(message));
    }
    const results = (await pipeline.exec()) ?? [];
    const failure = results.find(([error]) => error)?.[0];
    if (failure) throw failure;
  }

  return {
    async revokeSessions(sessionIds, reason) {
      if (sessionIds.length === 0) return;
      await attempt(
        announce(
          sessionIds.map((sessionId) => ({
            key: `${namespace}:revoked:sid:${sessionId}`,
            value: reason,
            message: { kind: 'session', sessionId },
          })),
        ),
      );
    },
    async revokeUser(userId, notBefore, reason) {
      options.log.info({ userId, reason }, 'all tokens of a user are revoked');
      const message = { kind: 'user', userId, notBefore: notBefore.getTime() };
      const key = `${namespace}:revoked:user:${userId}`;
      await attempt(announce([{ key, value: String(notBefore.getTime()), message }]));
    },
  };
}
