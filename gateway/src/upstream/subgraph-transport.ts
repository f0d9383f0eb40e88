import type { GatewayContext } from '../context.ts';
import type { SubgraphAnswer } from './subgraph-answer.ts';

/** One call to one subgraph, as the executor makes it. */
export interface SubgraphCallToSend {
  /** The subgraph's name in the supergraph. */
  readonly service: string;
  readonly operationType: 'query' | 'mutation';
  readonly query: string;
  readonly operationName: string | undefined;
  /** JSON text of the variables beside representations, in braces; `{}` when there are none. */
  readonly variables: string;
  /** Absent for fetches from the root. JSON texts, each once: the answer's `_entities` has one entry for each. */
  readonly representations?: readonly string[] | undefined;
  readonly context: GatewayContext;
  /**
   * The answer must not be one that was asked for before this call, as for the fields that are joined to an event: they
   * would be older than it. Default false.
   */
  readonly isUnshared?: boolean | undefined;
  /** The subgraph is asked for a trace of its fields, which comes in `extensions.ftv1`. Such a call isn't shared either. */
  readonly includeTrace?: boolean | undefined;
}

/**
 * Carries calls to subgraphs. Layers share this interface (HTTP, retry, circuit breaker, sharing of calls in flight,
 * entity cache), each wrapping the next. An answer may be handed to several callers: nobody writes into it. Never rejects: what goes wrong is in the answer, as errors with a `path` from the
 * root of the call (`['_entities', 3, …]` for the fourth representation).
 */
export interface SubgraphTransport {
  send(call: SubgraphCallToSend): Promise<SubgraphAnswer>;
}
