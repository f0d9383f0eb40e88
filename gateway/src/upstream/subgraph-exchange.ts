import type { SubgraphAnswer } from './subgraph-answer.ts';
import type { SubgraphCallToSend } from './subgraph-transport.ts';

/**
 * Asks a subgraph once. The layers that must know what went wrong (retry, circuit breaker) share this interface below
 * the transport, which hides it.
 */
export interface SubgraphExchange {
  /** @throws SubgraphFault when there is no answer. Errors that the subgraph sent are an answer. */
  ask(call: SubgraphCallToSend): Promise<SubgraphAnswer>;
}
