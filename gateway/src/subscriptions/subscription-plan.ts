import { operationFromDocument } from '@apollo/federation-internals';
import { buildOperationContext } from '@apollo/gateway';
import type { FetchNode, QueryPlan } from '@apollo/query-planner';
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
import type { GraphGeneration } from '../graph/federated-graph.ts';

/** A subscription that is ready to run, any number of times, over the supergraph it was planned for. */
export interface SubscriptionPlan {
  readonly generation: GraphGeneration;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** What is subscribed to, and where. */
  readonly primary: FetchNode;
  /** What is done for each event: the primary fetch, answered by the event, then the fetches of other subgraphs. */
  readonly perEvent: QueryPlan;
  readonly operationContext: ReturnType<typeof buildOperationContext>;
}

/**
 * The planner gives subscriptions a node of their own, `{kind: 'Subscription', primary, rest}`, which the stock executor
 * refuses. The same work as a sequence is something it can do, once per event.
 */
function perEventPlan(
  primary: FetchNode,
  rest: Extract<QueryPlan['node'], { kind: 'Subscription' }>['rest'],
): QueryPlan {
  if (!rest) return { kind: 'QueryPlan', node: primary };
  const nodes = rest.kind === 'Sequence' ? rest.nodes : [rest];
  return { kind: 'QueryPlan', node: { kind: 'Sequence', nodes: [primary, ...nodes] } };
}

/** Options of {@link planSubscription}. */
export interface PlanSubscriptionOptions {
  readonly generation: GraphGeneration;
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  /** Rules beyond those of the GraphQL specification, such as limits. */
  readonly rules: readonly ValidationRule[];
}

/** Validates and plans a subscription, or says what is wrong with it. */
export function planSubscription(options: PlanSubscriptionOptions): SubscriptionPlan | readonly GraphQLError[] {
  const { generation, document, operationName } = options;
  const exceeded = validate(generation.schema, document, options.rules);
  const invalid = exceeded.length > 0 ? exceeded : validate(generation.schema, document, specifiedRules);
  if (invalid.length > 0) {
    return invalid.map((error) => {
      const { message, nodes, originalError } = error;
      const extensions = { code: 'GRAPHQL_VALIDATION_FAILED' };
      return new GraphQLError(message, { nodes: nodes ?? null, originalError: originalError ?? null, extensions });
    });
  }
  const operation = getOperationAST(document, operationName);
  if (!operation)
    return [new GraphQLError('Unable to identify the operation.', { extensions: { code: 'BAD_REQUEST' } })];
  const planned = operationFromDocument(generation.planningSchema, document, operationName ? { operationName } : {});
  const { node } = generation.planner.buildQueryPlan(planned);
  if (node?.kind !== 'Subscription') throw new Error('the planner gave no subscription plan for a subscription');
  return {
    generation,
    document,
    operation,
    primary: node.primary,
    perEvent: perEventPlan(node.primary, node.rest),
    operationContext: buildOperationContext({
      schema: generation.schema,
      operationDocument: document,
      ...(operationName ? { operationName } : {}),
    }),
  };
}

/** The variables as the operation declares them, with its defaults, or what is wrong with them. */
export function readVariables(
  { generation, operation }: SubscriptionPlan,
  given: Readonly<Record<string, unknown>> | undefined,
): { readonly variables: Record<string, unknown> } | { readonly errors: readonly GraphQLError[] } {
  const { coerced, errors } = getVariableValues(generation.schema, operation.variableDefinitions ?? [], { ...given });
  return coerced ? { variables: coerced } : { errors };
}
