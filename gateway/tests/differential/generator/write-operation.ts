import { type DocumentNode, type GraphQLSchema, Kind, OperationTypeNode, print } from 'graphql';
import type { ClientRequest } from '../reference.ts';
import type { OperationChoice } from './choices.ts';
import { createScope } from './response-names.ts';
import { createSelectionWriter } from './selection-writer.ts';
import { createVariables } from './variables.ts';

/** Writes the operation that was chosen: the same choice, the same text. It is always valid. */
export function writeOperation(schema: GraphQLSchema, { operation, name, selections }: OperationChoice): ClientRequest {
  const root = operation === 'query' ? schema.getQueryType() : schema.getMutationType();
  if (!root) throw new Error(`the schema has no ${operation}`);
  const variables = createVariables();
  const writer = createSelectionWriter(schema, variables);
  const selectionSet = writer.write(selections, root, createScope());
  const document: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [
      {
        kind: Kind.OPERATION_DEFINITION,
        operation: operation === 'query' ? OperationTypeNode.QUERY : OperationTypeNode.MUTATION,
        ...(name === undefined ? {} : { name: { kind: Kind.NAME, value: name } }),
        variableDefinitions: variables.definitions,
        selectionSet,
      },
      ...writer.fragments,
    ],
  };
  return { document, query: print(document), variables: variables.sent, operationName: name };
}
