import { type AnyEvent, createEvent } from '@postbook/events';
import type { ReactionTarget, ReactionType } from './reaction.ts';

/** A change of somebody's reaction. */
export interface ReactionChange {
  readonly target: ReactionTarget;
  readonly ownerId: string;
  readonly actorId: string;
  /** `reactionSequence` of the target after it: grows across withdrawing and reacting again. */
  readonly sequence: number;
  readonly at: Date;
  readonly traceparent: string | undefined;
}

/** The event of a reaction that came or changed, or of one that was withdrawn. */
export const reactionEvent = (
  change: ReactionChange,
  from: ReactionType | undefined,
  to: ReactionType | undefined,
): AnyEvent =>
  createEvent({
    type: to === undefined ? 'Unreacted' : 'Reacted',
    aggregateId: `${change.target.type}:${change.target.id}:${change.actorId}`,
    version: change.sequence,
    occurredAt: change.at,
    traceparent: change.traceparent,
    payload: {
      entityType: change.target.type,
      entityId: change.target.id,
      entityOwnerId: change.ownerId,
      actorId: change.actorId,
      kind: to ?? from ?? '',
    },
  });
