import type { DocumentNode, FieldNode, GraphQLError } from 'graphql';
import type { GatewayContext } from '../context.ts';
import type { SubgraphAnswer } from '../upstream/subgraph-answer.ts';

/** Variables as the operation declares them: coerced, with defaults. */
export type Variables = Readonly<Record<string, unknown>>;

/** An operation to be planned. It was validated and is within the limits. */
export interface OperationToPrepare {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  /**
   * Identifies document, name and what was denied, as a plan is kept for each: a digest, not the text, so that the cache
   * is bounded by what it holds.
   */
  readonly key: string;
  /**
   * Fields that the viewer may not ask for: never fetched, answered with `null` and an error `UNAUTHORIZED_FIELD_OR_TYPE`
   * at their place.
   */
  readonly denied?: ReadonlySet<FieldNode> | undefined;
  /** Variables that `@skip` and `@include` look at: the plan is for these values alone, which `key` identifies too. */
  readonly conditions?: Variables | undefined;
}

/**
 * What an execution came to. The data is text already, so that one answer is serialised once however many receive it.
 */
export interface WrittenResult {
  /** JSON text of `data`; `null` when the root bubbled. */
  readonly data: string;
  /** At client paths, not yet masked; those of subgraphs carry `extensions.serviceName`. */
  readonly errors: readonly GraphQLError[];
}

/** A query or mutation, ready to run any number of times over the supergraph it was planned for. */
export interface PreparedRequest {
  readonly kind: 'request';
  /** Never rejects for a subgraph's fault. */
  execute(variables: Variables, context: GatewayContext): Promise<WrittenResult>;
}

/** What is subscribed to, and where. */
export interface PrimaryFetch {
  readonly serviceName: string;
  readonly query: string;
  readonly operationName: string | undefined;
  /** Names of the variables it uses. */
  readonly variableUsages: readonly string[];
}

/** An event joined as far as all who listen see it alike; what is each viewer's own is still to be fetched. */
export interface SharedJoin {
  /** Finishes for one viewer, without a trace of it for others. */
  finishFor(context: GatewayContext): Promise<WrittenResult>;
}

/** A subscription, ready to run any number of times over the supergraph it was planned for. */
export interface PreparedSubscription {
  readonly kind: 'subscription';
  readonly primary: PrimaryFetch;
  /** Whether anything is left to fetch from other subgraphs once an event is there. */
  readonly isJoined: boolean;
  /**
   * Joins events with what other subgraphs have, for one identity. Events of one call share entity fetches. Results are
   * in the order of the events.
   */
  join(events: readonly SubgraphAnswer[], variables: Variables, context: GatewayContext): Promise<WrittenResult[]>;
  /**
   * Whether everything the operation asks for is marked as seen alike by a whole audience: then `join` with the
   * audience's context serves all of them.
   */
  readonly isSeenAlike: boolean;
  /** Whether everything that is fetched from the primary subgraph is seen alike: then its upstream can be shared. */
  readonly isPrimarySeenAlike: boolean;
  /** Makes the fetches that are seen alike once, with the audience's context. */
  joinForAudience(
    events: readonly SubgraphAnswer[],
    variables: Variables,
    audience: GatewayContext,
  ): Promise<SharedJoin[]>;
}

/** Plans operations of one supergraph, and keeps what it planned. */
export interface OperationCatalog {
  /**
   * The operation, planned. Identical ones that are asked for at the same time are planned once.
   *
   * @throws PlanningFailedError when the time budget is spent, or when there is no plan that answers all of it.
   */
  prepare(operation: OperationToPrepare): Promise<PreparedRequest | PreparedSubscription>;
  /** Ends the planner. */
  close(): Promise<void>;
}
