import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';

/** An operation as a client asks for it, whichever way it came. */
export interface OperationRequest {
  /** Empty when only an id was sent, in `extensions`. */
  readonly query: string;
  readonly operationName?: string | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** An operation that was read: within the limits, valid for the schema, and found in its document. */
export interface ReadOperation {
  readonly text: string;
  /** SHA-256 of the text, in hexadecimal digits. */
  readonly digest: string;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly operationName: string | undefined;
  readonly schema: GraphQLSchema;
}

/** Why an operation isn't run; not yet masked. */
export interface Refused {
  readonly errors: readonly unknown[];
}
