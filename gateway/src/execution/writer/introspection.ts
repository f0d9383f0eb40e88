import {
  type DocumentNode,
  executeSync,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import type { Variables } from '../prepared-operation.ts';
import type { ShapeField } from './response-shape.ts';

/** Options of {@link introspect}. */
export interface IntrospectOptions {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Variables;
}

/** Answers `__schema` or `__type` from the schema itself, as JSON text. */
export function introspect(field: ShapeField, { schema, document, operation, variables }: IntrospectOptions): string {
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const own: OperationDefinitionNode = {
    ...operation,
    operation: OperationTypeNode.QUERY,
    directives: [],
    selectionSet: { kind: Kind.SELECTION_SET, selections: field.nodes },
  };
  const { data } = executeSync({
    schema,
    document: { kind: Kind.DOCUMENT, definitions: [own, ...fragments] },
    variableValues: variables,
  });
  return JSON.stringify(data?.[field.responseName] ?? null);
}
