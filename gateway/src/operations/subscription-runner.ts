import type { GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { GatewayContext } from '../context.ts';
import { operationKey } from '../execution/operation-key.ts';
import type { OperationCatalog, Variables } from '../execution/prepared-operation.ts';
import type { Admission } from '../policy/operation-gate.ts';
import type {
  RunningSubscription,
  SubscriptionEngine,
  SubscriptionListener,
} from '../subscriptions/subscription-engine.ts';
import type { ReadOperation } from './operation-request.ts';

/** A subscription that passed the gate. */
export interface AdmittedSubscription {
  readonly read: ReadOperation;
  readonly operation: OperationDefinitionNode;
  /** Coerced, with defaults. */
  readonly variables: Variables;
  readonly context: GatewayContext;
  readonly admission: Admission | undefined;
}

/** A subscription that only has to be told where its events go. */
export interface ReadySubscription {
  start(listener: SubscriptionListener): RunningSubscription;
}

/** Plans admitted subscriptions and runs them. */
export interface SubscriptionRunner {
  /** @throws what the client is to be told: the subscription can't be started. */
  prepare(subscription: AdmittedSubscription): Promise<ReadySubscription>;
}

/** Runs subscriptions with the engine, planned by the catalog of the supergraph that they were validated with. */
export function createEngineRunner(options: {
  readonly catalogOf: (schema: GraphQLSchema) => OperationCatalog;
  readonly engine: SubscriptionEngine;
}): SubscriptionRunner {
  return {
    async prepare({ read, operation, variables, context, admission }) {
      const key = operationKey(read.digest, operation.name?.value, admission?.deniedKey);
      const { document, operationName, schema } = read;
      const catalog = options.catalogOf(schema);
      const prepared = await catalog.prepare({ document, operationName, key, denied: admission?.denied });
      if (prepared.kind !== 'subscription') throw new Error('the catalog prepared no subscription for a subscription');
      const subscription = { prepared, operation, document, denied: admission?.denied, variables, context, key };
      return { start: (listener) => options.engine.start(subscription, listener) };
    },
  };
}
