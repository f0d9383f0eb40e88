import { withRequestTrace } from '@postbook/service-kit/edge';
import { type GraphQLSchema, getOperationAST } from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import type { GatewayContext } from '../context.ts';
import { UnknownOperationError } from '../errors/gateway-errors.ts';
import type { OperationGate } from '../policy/operation-gate.ts';
import type { DocumentCache } from './document-cache.ts';
import type { OperationRequest, ReadOperation, Refused } from './operation-request.ts';
import type { ReadySubscription, SubscriptionRunner } from './subscription-runner.ts';

/** The one way in for operations that come over sockets and event streams. */
export interface OperationAdmission {
  /** Finds the text, parses it within the limits, validates it, and picks the operation. Never rejects. */
  read(request: OperationRequest): Promise<ReadOperation | Refused>;
  /** Coerces variables, asks the gate, and plans. Never rejects. */
  admit(read: ReadOperation, request: OperationRequest, context: GatewayContext): Promise<ReadySubscription | Refused>;
}

/** Options of {@link createOperationAdmission}. */
export interface OperationAdmissionOptions {
  /** The schema in force. */
  readonly schema: () => GraphQLSchema;
  readonly documents: DocumentCache;
  readonly runner: SubscriptionRunner;
  /** Absent: everybody may do everything. */
  readonly gate?: OperationGate | undefined;
  /** Finds the text of a persisted operation by what the request says of it; throws what the client is told. */
  readonly textOf?: ((request: OperationRequest) => Promise<string>) | undefined;
}

/** Mistakes in variables that are told of at once. */
const MAX_VARIABLE_ERRORS = 20;

const refusedBy = (error: unknown): Refused => ({ errors: [error] });

/** Makes the admission. */
export function createOperationAdmission(options: OperationAdmissionOptions): OperationAdmission {
  const { documents, runner, gate, textOf } = options;

  function readText(text: string, operationName: string | undefined): ReadOperation | Refused {
    const schema = options.schema();
    const valid = documents.read(text, schema);
    if (!('document' in valid)) return { errors: valid };
    const { document, digest } = valid;
    const operation = getOperationAST(document, operationName);
    if (!operation) return refusedBy(new UnknownOperationError(operationName));
    return { text, digest, document, operation, operationName, schema };
  }

  async function prepare(read: ReadOperation, request: OperationRequest, context: GatewayContext) {
    const { operation, document, schema } = read;
    const given = { ...request.variables };
    const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], given, {
      maxErrors: MAX_VARIABLE_ERRORS,
    });
    if (errors) return { errors };
    const admission = await gate?.admit({ document, operation, variables: coerced, context, schema });
    if (admission && admission.refusals.length > 0) return { errors: admission.refusals };
    return runner.prepare({ read, operation, variables: coerced, context, admission });
  }

  return {
    async read(request) {
      try {
        return readText(textOf ? await textOf(request) : request.query, request.operationName || undefined);
      } catch (error) {
        return refusedBy(error);
      }
    },
    admit: (read, request, context) =>
      withRequestTrace(context.trace, () => prepare(read, request, context).catch(refusedBy)),
  };
}
