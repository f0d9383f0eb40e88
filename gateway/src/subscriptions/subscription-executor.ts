import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import type { GatewayContext } from '../context.ts';

/** A subscription as a client asks for it. */
export interface SubscriptionRequest {
  readonly query: string;
  readonly operationName?: string | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  readonly context: GatewayContext;
}

/**
 * The events of one subscription, ready to be sent. Never rejects: when it can't go on, its last event has the reason in
 * `errors`. `return()` frees the upstream at once, also while a `next()` waits.
 */
export type EventStream = AsyncIterableIterator<FormattedExecutionResult>;

/**
 * Runs subscriptions over the federated graph. The seam for another engine, such as one that shares upstreams: it gets
 * requests of authenticated sockets, and owns parsing, limits, planning, upstreams, joining and masking.
 */
export interface SubscriptionExecutor {
  /**
   * Starts a subscription.
   *
   * @returns its events, or why it can't be started.
   */
  subscribe(
    request: SubscriptionRequest,
  ): { readonly events: EventStream } | { readonly errors: readonly GraphQLFormattedError[] };
}
