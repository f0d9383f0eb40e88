import { AppError } from '@postbook/service-kit/edge';
import { GraphQLError, type GraphQLSchema, getNamedType, isAbstractType } from 'graphql';
import type { TreeError } from '../tree/tree-errors.ts';
import type { ShapeField } from './response-shape.ts';

/** A subgraph's answer lacks what the schema promises. Nothing a client can do; it is logged where it is masked. */
export class InvalidSubgraphAnswerError extends AppError {
  readonly code = 'INVALID_SUBGRAPH_ANSWER';
}

/** No subgraph was asked for a field, or none answered it: the graph's services don't fit together. */
export class FieldNotResolvedError extends AppError {
  readonly code = 'FIELD_NOT_RESOLVED';

  constructor(coordinate: string) {
    super(`No service of the graph gave the field ${coordinate}.`);
  }
}

/** The viewer may not read a field. */
export class UnauthorizedFieldError extends AppError {
  readonly code = 'UNAUTHORIZED_FIELD_OR_TYPE';

  constructor() {
    super('You are not allowed to read this field.');
  }
}

/** Where the writer is, from the inside out. */
export interface ClientPath {
  readonly above: ClientPath | undefined;
  readonly key: string | number;
}

/** The path as GraphQL has it. */
export function pathOf(path: ClientPath | undefined): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let at = path; at; at = at.above) keys.push(at.key);
  return keys.reverse();
}

/** An error of the gateway's own at a place. */
export const ownError = (originalError: Error, path: ClientPath | undefined): GraphQLError =>
  new GraphQLError(originalError.message, { path: pathOf(path), originalError });

/** The field that has a name in the tree, in whichever type it is selected on. */
function fieldNamed(schema: GraphQLSchema, field: ShapeField, key: string): ShapeField | undefined {
  const type = getNamedType(field.type);
  const types = isAbstractType(type) ? [...schema.getPossibleTypes(type), type] : [type];
  for (const { name } of types) {
    const found = field.inside.of(name)?.fields.find((candidate) => candidate.key === key);
    if (found) return found;
  }
  return undefined;
}

/** A subgraph's error at the client's names, as deep as the subgraph said. */
export function clientError(
  schema: GraphQLSchema,
  { message, extensions, rest }: TreeError,
  field: ShapeField,
  path: ClientPath,
): GraphQLError {
  const keys = pathOf(path);
  let at: ShapeField | undefined = field;
  for (const key of rest) {
    if (typeof key === 'number') keys.push(key);
    else {
      at = at && fieldNamed(schema, at, key);
      if (!at) break;
      keys.push(at.responseName);
    }
  }
  return new GraphQLError(message, { path: keys, extensions: { ...extensions } });
}
