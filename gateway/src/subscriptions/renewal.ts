import { type FieldNode, type GraphQLSchema, validate } from 'graphql';
import type { OperationCatalog, PreparedSubscription } from '../execution/prepared-operation.ts';
import type { SubscriptionToStart } from './subscription-engine.ts';

/** What a running subscription may have in a new supergraph. */
export interface Readmission {
  /** Whether it may go on at all. */
  readonly isAllowed: boolean;
  /** See `Admission`. */
  readonly denied: ReadonlySet<FieldNode>;
  readonly deniedKey: string;
}

/** Options of {@link createRenewal}. */
export interface RenewalOptions {
  /** The schema that clients see now. */
  readonly schema: () => GraphQLSchema;
  /** The catalog of the supergraph in force. */
  readonly catalog: () => Pick<OperationCatalog, 'prepare'>;
  /**
   * Decides anew what its viewer may have, without counting it as a call of theirs. Without this function what was denied
   * at the start stays denied, and nothing more.
   */
  readonly readmit?: ((subscription: SubscriptionToStart) => Promise<Readmission>) | undefined;
}

/**
 * Makes the engine's `renew`: validates a running subscription against the schema in force, lets it be admitted anew, and
 * plans it. One whose document isn't known keeps its plan.
 */
export function createRenewal(options: RenewalOptions) {
  const { schema, catalog, readmit } = options;
  return async (subscription: SubscriptionToStart): Promise<PreparedSubscription | undefined> => {
    const { document, operation, key } = subscription;
    if (!document) return subscription.prepared;
    if (validate(schema(), document).length > 0) return undefined;
    const admission = await readmit?.(subscription);
    if (admission && !admission.isAllowed) return undefined;
    const prepared = await catalog().prepare({
      document,
      operationName: operation.name?.value,
      // The key names what was denied at the start; what is denied now may be something else.
      key: admission?.deniedKey ? `${key}:${admission.deniedKey}` : key,
      denied: admission ? admission.denied : subscription.denied,
    });
    return prepared.kind === 'subscription' ? prepared : undefined;
  };
}
