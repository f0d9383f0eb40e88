import type { PreparedSubscription, WrittenResult } from '../execution/prepared-operation.ts';
import { joinEvent } from './join-event.ts';
import { isFetchSeenAlike } from './seen-alike.ts';
import type { SubscriptionPlan } from './subscription-plan.ts';

/** A subscription over @apollo/gateway's own executor: one execution per event, and per viewer where not all see alike. */
export function createStockPreparedSubscription(plan: SubscriptionPlan): PreparedSubscription {
  const { primary, generation, perEvent } = plan;
  const isPrimarySeenAlike = isFetchSeenAlike(generation.supergraphSchema, primary.operation);
  const isJoined = perEvent.node?.kind === 'Sequence';

  const joinOne: (...input: Parameters<JoinOne>) => Promise<WrittenResult> = async (event, variables, context) => {
    // The executor writes what it fetches into the event, which another viewer must not see.
    const { data, errors } = await joinEvent(plan, structuredClone(event), { ...variables }, context);
    return { data: JSON.stringify(data ?? null), errors: errors ?? [] };
  };

  return {
    kind: 'subscription',
    primary: {
      serviceName: primary.serviceName,
      query: primary.operation,
      operationName: primary.operationName,
      variableUsages: primary.variableUsages ?? [],
    },
    isJoined,
    isPrimarySeenAlike,
    isSeenAlike: isPrimarySeenAlike && !isJoined,
    join: (events, variables, context) => Promise.all(events.map((event) => joinOne(event, variables, context))),
    joinForAudience: async (events, variables) =>
      events.map((event) => ({ finishFor: (context) => joinOne(event, variables, context) })),
  };
}

type JoinOne = (
  event: Parameters<PreparedSubscription['join']>[0][number],
  variables: Parameters<PreparedSubscription['join']>[1],
  context: Parameters<PreparedSubscription['join']>[2],
) => void;
