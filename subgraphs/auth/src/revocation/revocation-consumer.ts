import type { Component, EventBus, EventConsumer } from '@postbook/service-kit';
import type { Revocations } from './redis-revocations.ts';

/** The group under which auth consumes its own SessionRevoked. */
export const REVOCATION_GROUP = 'auth-revocations';

/**
 * Writes the notices of SessionRevoked again when the event comes: those that were lost because Redis was away at the
 * commit arrive as soon as it is back. Writing a notice twice changes nothing, so no inbox is needed.
 */
export function createRevocationConsumer(bus: EventBus, revocations: Revocations): Component {
  let consumer: EventConsumer | undefined;
  return {
    name: 'revocation consumer',
    async start() {
      consumer = await bus.consume({
        group: REVOCATION_GROUP,
        types: ['SessionRevoked'],
        handler: async ({ payload: { userId, sessionIds, reason }, occurredAt }) => {
          if (sessionIds === 'all') await revocations.revokeUser(userId, new Date(occurredAt), reason);
          else await revocations.revokeSessions(sessionIds, reason);
        },
      });
    },
    async stop() {
      await consumer?.stop();
    },
  };
}
