import { type GraphQLSchema, getOperationAST } from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import type { GatewayContext } from '../context.ts';
import { operationKey } from '../execution/operation-key.ts';
import type { Admissions } from '../policy/admissions.ts';
import type { FederatedExecutor } from './federated-executor.ts';
import type { GraphGeneration } from './graph-generation.ts';
import { writtenData } from './written-data.ts';

/**
 * Executes what Apollo Server validated, over the supergraph that it was validated for.
 *
 * @param generationOf the supergraph of a schema.
 */
export function createGraphExecutor(
  generationOf: (schema: GraphQLSchema) => GraphGeneration,
  admissions: Pick<Admissions, 'of'>,
): FederatedExecutor {
  return {
    async execute({ document, operationName, request, queryHash, schema, context }) {
      const generation = generationOf(schema);
      const admission = admissions.of(context as GatewayContext);
      const operation = getOperationAST(document, operationName);
      if (!operation) throw new Error('Apollo Server let an operation pass that is not in the document');
      const given = { ...request.variables };
      const { coerced, errors } = getVariableValues(generation.schema, operation.variableDefinitions ?? [], given);
      if (!coerced) return { errors };
      const prepared = await generation.catalog.prepare({
        document,
        operationName: operationName ?? undefined,
        key: operationKey(queryHash, operationName, admission?.deniedKey),
        denied: admission?.denied,
      });
      if (prepared.kind !== 'request') throw new Error('a subscription came to the executor of requests');
      const result = await prepared.execute(coerced, context as GatewayContext);
      return {
        data: writtenData(result.data),
        ...(result.errors.length > 0 ? { errors: result.errors } : {}),
      };
    },
  };
}
