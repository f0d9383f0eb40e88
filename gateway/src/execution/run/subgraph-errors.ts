import type { GraphQLFormattedError } from 'graphql';
import type { TreeError } from '../tree/tree-errors.ts';

/** What a subgraph's error becomes; where it belongs is worked out from its path. */
export type ForeignError = Omit<TreeError, 'rest' | 'isLoss'>;

/** An error with its path below the place where the fetch's answer goes. */
export interface PlacedError {
  readonly error: ForeignError;
  readonly path: readonly (string | number)[];
}

/** A subgraph's error, with a code whatever happens and the subgraph's name. */
export function foreignError({ message, extensions }: GraphQLFormattedError, service: string): ForeignError {
  return {
    message: message || `The service "${service}" reported an error without a message.`,
    extensions: { code: 'DOWNSTREAM_SERVICE_ERROR', ...extensions, serviceName: service },
  };
}

/** A path in the names of the tree. */
export const renamedPath = (path: readonly (string | number)[], renamed: ReadonlyMap<string, string>) =>
  renamed.size === 0 ? path : path.map((key) => (typeof key === 'string' ? (renamed.get(key) ?? key) : key));
