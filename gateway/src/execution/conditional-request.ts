import { getOperationAST } from 'graphql';
import type { OperationToPrepare, PreparedRequest, PreparedSubscription } from './prepared-operation.ts';
import { conditionVariables } from './writer/condition-variables.ts';

/**
 * A request that is planned once for each outcome of its conditions, when it is first executed with it. A plan that
 * leaves conditions open is wrong in more ways than can be mended: inputs of fields that are left out are waited for,
 * mutations run in another order, and some conditions can't be planned at all.
 *
 * @param prepareOne plans an operation for the conditions that come with it.
 * @returns undefined when nothing depends on variables, when the conditions are settled already, and for subscriptions.
 */
export function conditionalRequest(
  operation: OperationToPrepare,
  prepareOne: (operation: OperationToPrepare) => Promise<PreparedRequest | PreparedSubscription>,
): PreparedRequest | undefined {
  const { document, operationName, key } = operation;
  const names = conditionVariables(document);
  if (operation.conditions || names.length === 0) return undefined;
  if (getOperationAST(document, operationName)?.operation === 'subscription') return undefined;
  return {
    kind: 'request',
    async execute(variables, context) {
      const conditions = Object.fromEntries(names.map((name) => [name, variables[name] === true]));
      const outcome = names.map((name) => (conditions[name] ? 1 : 0)).join('');
      const prepared = await prepareOne({ ...operation, key: `${key} ${outcome}`, conditions });
      if (prepared.kind !== 'request') throw new Error('a request was planned as a subscription');
      return prepared.execute(variables, context);
    },
  };
}
