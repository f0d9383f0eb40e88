import { SUBGRAPH_UNAVAILABLE } from '../errors/gateway-errors.ts';

/**
 * Why a subgraph gave no answer; clients read it as `extensions.reason`.
 *
 * - `CONNECTION`: it can't be reached, or the connection broke.
 * - `OVERLOADED`: it, or what stands in front of it, answered 503 without GraphQL.
 * - `TIMEOUT`: no whole answer in the time that is set for it.
 * - `CIRCUIT_OPEN`: it wasn't asked, as the calls before failed.
 * - `RESPONSE_TOO_LARGE`: the answer exceeds the limit.
 * - `INVALID_ANSWER`: what came isn't GraphQL.
 */
export type FaultReason =
  | 'CONNECTION'
  | 'OVERLOADED'
  | 'TIMEOUT'
  | 'CIRCUIT_OPEN'
  | 'RESPONSE_TOO_LARGE'
  | 'INVALID_ANSWER';

/** A call to a subgraph came to no answer. Stays within the layers below the transport, which turn it into an answer. */
export class SubgraphFault extends Error {
  override readonly name = 'SubgraphFault';
  readonly code = SUBGRAPH_UNAVAILABLE;
  readonly service: string;
  readonly reason: FaultReason;
  /** No byte of an answer had come: a query may be sent again without a client seeing anything twice. */
  readonly isBeforeAnswer: boolean;

  constructor(
    service: string,
    reason: FaultReason,
    message: string,
    options: { readonly cause?: unknown; readonly isBeforeAnswer?: boolean } = {},
  ) {
    super(`${service}: ${message}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.service = service;
    this.reason = reason;
    this.isBeforeAnswer = options.isBeforeAnswer ?? false;
  }
}
