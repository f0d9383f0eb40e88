import type { GatewayContext } from '../context.ts';
import type { Admission } from './operation-gate.ts';

/** Carries what the gate decided from Apollo Server's pipeline to the executor, which both get the operation's context. */
export interface Admissions {
  keep(context: GatewayContext, admission: Admission): void;
  /** What was decided; undefined for what didn't pass the gate. */
  of(context: GatewayContext): Admission | undefined;
}

/** Makes an empty book; entries go with their contexts. */
export function createAdmissions(): Admissions {
  const kept = new WeakMap<GatewayContext, Admission>();
  return {
    keep: (context, admission) => void kept.set(context, admission),
    of: (context) => kept.get(context),
  };
}
