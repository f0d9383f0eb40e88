import { createHash } from 'node:crypto';
import type { Logger, OperationLimits } from '@postbook/service-kit';
import {
  type DocumentNode,
  GraphQLError,
  getOperationAST,
  type OperationDefinitionNode,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import { LRUCache } from 'lru-cache';
import { type ErrorFormatter, formatErrors } from '../errors/format-error.ts';
import type { GraphGeneration } from '../graph/federated-graph.ts';
import { operationLimitsRule } from '../limits/operation-limits.ts';
import { parseDocument } from '../limits/parse-document.ts';
import { createListenerStream } from './listener-stream.ts';
import type { RunningSubscription, SubscriptionEngine, SubscriptionListener } from './subscription-engine.ts';
import type { SubscriptionExecutor, SubscriptionRequest } from './subscription-executor.ts';

/** Options of {@link createEngineSubscriptionExecutor}. */
export interface EngineSubscriptionExecutorOptions {
  /** The supergraph in force. */
  readonly current: () => GraphGeneration;
  readonly engine: SubscriptionEngine;
  readonly limits: OperationLimits;
  readonly format: ErrorFormatter;
  /** Rules beyond the limits, such as one against introspection. */
  readonly rules?: readonly ValidationRule[];
  readonly log: Logger;
}

/** Valid documents kept. */
const REMEMBERED_DOCUMENTS = 1_000;

interface ValidOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly key: string;
}

const keyOf = ({ query, operationName }: SubscriptionRequest): string =>
  createHash('sha256')
    .update(`${operationName ?? ''}\n${query}`)
    .digest('base64url');

function invalidError({ message, nodes, originalError }: GraphQLError): GraphQLError {
  const extensions = { code: 'GRAPHQL_VALIDATION_FAILED' };
  return new GraphQLError(message, { nodes: nodes ?? null, originalError: originalError ?? null, extensions });
}

/** Validates subscriptions, prepares them with the catalog of the supergraph in force, and runs them on the engine. */
export function createEngineSubscriptionExecutor(options: EngineSubscriptionExecutorOptions): SubscriptionExecutor {
  const { current, engine, limits, format, log } = options;
  const limitRules = [operationLimitsRule(limits), ...(options.rules ?? [])];
  const valid = new LRUCache<string, ValidOperation>({ max: REMEMBERED_DOCUMENTS });
  let validFor: GraphGeneration | undefined;

  function read(request: SubscriptionRequest, generation: GraphGeneration): ValidOperation | readonly GraphQLError[] {
    if (generation !== validFor) valid.clear();
    validFor = generation;
    const key = keyOf(request);
    const known = valid.get(key);
    if (known) return known;
    const document = parseDocument(request.query, limits.tokens);
    if (document instanceof GraphQLError) return [document];
    const exceeded = validate(generation.schema, document, limitRules);
    const invalid = exceeded.length > 0 ? exceeded : validate(generation.schema, document, specifiedRules);
    if (invalid.length > 0) return invalid.map(invalidError);
    const operation = getOperationAST(document, request.operationName);
    if (!operation) {
      return [new GraphQLError('Unable to identify the operation.', { extensions: { code: 'BAD_REQUEST' } })];
    }
    const made = { document, operation, key };
    valid.set(key, made);
    return made;
  }

  const refuse = (errors: readonly unknown[]) => ({ errors: formatErrors(errors, format) });

  /** Starts it once it is planned, if it is still wanted then. */
  function startPlanned(
    { document, operation, key }: ValidOperation,
    variables: Record<string, unknown>,
    { context, operationName }: SubscriptionRequest,
    listener: SubscriptionListener,
  ): RunningSubscription {
    let running: RunningSubscription | undefined;
    let isStopped = false;
    async function start(): Promise<void> {
      try {
        const prepared = await current().catalog.prepare({ document, operationName, key });
        if (prepared.kind !== 'subscription') throw new Error('a subscription was prepared as something else');
        if (isStopped) return;
        running = engine.start({ prepared, operation, document, variables, context, key }, listener);
      } catch (error) {
        if (!isStopped) listener.end(formatErrors([error], format));
      }
    }
    void start();
    return {
      stop() {
        isStopped = true;
        running?.stop();
      },
    };
  }

  return {
    subscribe(request) {
      try {
        const generation = current();
        const found = read(request, generation);
        if ('length' in found) return refuse(found);
        const definitions = found.operation.variableDefinitions ?? [];
        const { coerced, errors } = getVariableValues(generation.schema, definitions, { ...request.variables });
        if (!coerced) return refuse(errors);
        return { events: createListenerStream((listener) => startPlanned(found, coerced, request, listener)) };
      } catch (error) {
        log.error({ err: error }, 'a subscription could not be started');
        return refuse([error]);
      }
    },
  };
}
