import type { ApolloServerPlugin } from '@apollo/server';
import { UnauthenticatedError } from '../errors/app-error.ts';
import type { NonceGuard } from '../identity/nonce-guard.ts';
import type { RequestScope } from './request-scope.ts';

/**
 * Once the document is parsed: the kind of operation must be the one that was signed, and a mutation's call must not
 * have been accepted before. Without the first check a signed query could carry a mutation of the same document.
 */
export function identityPlugin<Context extends RequestScope>(nonces: NonceGuard): ApolloServerPlugin<Context> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ operation, contextValue: { identity } }) {
          if (operation?.operation !== identity.operationType) {
            throw new UnauthenticatedError('The operation is not the one that was signed.');
          }
          if (identity.operationType === 'mutation' && !(await nonces.accept(identity.nonce))) {
            throw new UnauthenticatedError('This call was already made.');
          }
        },
      };
    },
  };
}
