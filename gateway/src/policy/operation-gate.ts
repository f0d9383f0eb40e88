import type { DocumentNode, FieldNode, GraphQLError, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { GatewayContext } from '../context.ts';
import type { Variables } from '../execution/prepared-operation.ts';

/** A validated operation that asks to be run. */
export interface OperationToAdmit {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Variables;
  readonly context: GatewayContext;
  /** The schema that the document was validated with, as a reload may have come since. Default the one in force. */
  readonly schema?: GraphQLSchema;
}

/** What the gate decided. */
export interface Admission {
  /** Why it isn't run at all; empty when it is. */
  readonly refusals: readonly GraphQLError[];
  /** Fields that are answered with `null` and an error, as the viewer may not ask for them. */
  readonly denied: ReadonlySet<FieldNode>;
  /** Distinguishes plans by what was denied; empty when nothing was. */
  readonly deniedKey: string;
  /** The estimated cost, in units of `docs/schema.md`; undefined when it isn't measured. */
  readonly cost: number | undefined;
  /** What an HTTP response says of rate limits, by header. */
  readonly headers?: ReadonlyMap<string, string>;
}

/**
 * Every operation passes here once, between validation and planning, whichever way it came: HTTP, WebSocket or SSE. Auth
 * directives, demand control and rate limits live behind it.
 */
export interface OperationGate {
  admit(operation: OperationToAdmit): Promise<Admission>;
}
