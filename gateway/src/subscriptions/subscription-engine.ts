import type { DocumentNode, FieldNode, GraphQLFormattedError, OperationDefinitionNode } from 'graphql';
import type { GatewayContext } from '../context.ts';
import type { PreparedSubscription, Variables } from '../execution/prepared-operation.ts';

/** A subscription that was parsed, validated, admitted and planned. */
export interface SubscriptionToStart {
  readonly prepared: PreparedSubscription;
  readonly operation: OperationDefinitionNode;
  /**
   * All of it. Needed to prepare it over another supergraph, and to share a topic when the operation spreads fragments,
   * which may use its cursor for something else.
   */
  readonly document?: DocumentNode | undefined;
  /** See `OperationToPrepare.denied`. Needed to prepare it over another supergraph. */
  readonly denied?: ReadonlySet<FieldNode> | undefined;
  /** Coerced, with defaults. */
  readonly variables: Variables;
  readonly context: GatewayContext;
  /** Identifies what is asked for, whoever asks and whatever the variables: the key it was prepared under. */
  readonly key: string;
}

/**
 * One result, written once however many receive it: UTF-8 of the JSON of an execution result (`{"data":…}`), masked.
 * Listeners must not change it.
 */
export type EventPayload = Buffer;

/** Where one subscriber's events go. Neither function may throw, nor may any be called after `end`. */
export interface SubscriptionListener {
  /** Results in order; those of one tick come in one call, to be sent in one write. */
  next(payloads: readonly EventPayload[]): void;
  /**
   * No more will come. With errors, the last result is `{"data":null,"errors":[…]}` with these: they carry the code that
   * says whether to subscribe again.
   */
  end(errors?: readonly GraphQLFormattedError[]): void;
}

/** A subscription that runs. */
export interface RunningSubscription {
  /** The client has gone or has enough: frees all at once; the listener isn't called any more. Callable twice. */
  stop(): void;
}

/**
 * Runs subscriptions over the federated graph: upstreams, sharing, joining, resuming, masking. How events reach the client
 * (WebSocket, SSE) is the listener's.
 */
export interface SubscriptionEngine {
  /** Starts one. What can't be started ends at once, with errors. */
  start(subscription: SubscriptionToStart, listener: SubscriptionListener): RunningSubscription;
  /** Running ones that a new supergraph no longer supports are ended with a coded reason, spread over time. */
  close(): Promise<void>;
}
