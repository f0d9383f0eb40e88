import { type AnyEvent, createEvent } from '@postbook/events';
import type { ReactionTarget } from './reaction.ts';
import type { ReactionStep } from './reaction-plan.ts';

/** Where a reaction changed. */
export interface ReactionPlace {
  readonly target: ReactionTarget;
  readonly ownerId: string;
  /** `reactionSequence` of the target after it: grows across withdrawing and reacting again. */
  readonly sequence: number;
}

/** The event of a reaction that came or changed, or of one that was withdrawn. */
export const reactionEvent = ({ ownerId, sequence, target }: ReactionPlace, step: ReactionStep): AnyEvent =>
  createEvent({
    type: step.to === undefined ? 'Unreacted' : 'Reacted',
    aggregateId: `${target.type}:${target.id}:${step.actorId}`,
    version: sequence,
    occurredAt: step.at,
    traceparent: step.traceparent,
    payload: {
      entityType: target.type,
      entityId: target.id,
      entityOwnerId: ownerId,
      actorId: step.actorId,
      kind: step.to ?? step.from ?? '',
    },
  });
